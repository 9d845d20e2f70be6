package latencyscope.analysis.irq;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.finding.Interrupter;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;

/**
 * Answers the irq module's questions: was much stolen from a thread at once, do devices interrupt
 * CPUs that are meant for the target, may they.
 */
final class IrqVerdicts {
  private final IrqFacts facts;
  private final Recording recording;
  private final List<Finding> steals;
  private final List<Finding> devices;
  private final Optional<Finding> allowed;
  private final Optional<Finding> ticks;
  private final Evidence evidence;

  IrqVerdicts(IrqFacts facts, Recording recording, IrqFindings findings) {
    this.facts = facts;
    this.recording = recording;
    steals = findings.steals();
    devices = findings.devices();
    allowed = findings.allowed();
    ticks = findings.ticks();
    evidence = Evidence.of(recording);
  }

  /** All findings, violations first. */
  List<Finding> findings() {
    List<Finding> all = new ArrayList<>(devices);
    allowed.ifPresent(all::add);
    all.addAll(steals);
    ticks.ifPresent(all::add);
    all.sort(Comparator.comparing(Finding::severity).reversed());
    return all;
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    stolen(verdicts);
    if (!facts.guarded.isEmpty()) {
      devices(verdicts);
      affinity(verdicts);
    }
    ticks.map(Verdict::of).ifPresent(verdicts::add);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private void stolen(List<Verdict> verdicts) {
    long seen = steals.stream().mapToLong(Finding::count).sum();
    // Events may have been lost, or their threshold may be higher: the histograms know of all.
    long count = Math.max(seen, facts.stolenBeyond(IrqEvents.LONG_NS));
    if (count == 0) {
      Distribution stolen = facts.stolen();
      String most =
          stolen.count() == 0
              ? "No interrupt took time from the target"
              : String.format(
                  Locale.ROOT,
                  "No interrupt stole more than 50 µs at once (%,d in total, at most %s)",
                  stolen.count(),
                  Nanos.words(stolen.max()));
      verdicts.add(none(Question.STOLEN, most));
      return;
    }
    Optional<Finding> worst = worst(false);
    verdicts.add(
        new Verdict(
                Severity.WARN,
                String.format(
                    Locale.ROOT, "Interrupts that stole more than 50 µs at once: %,d", count),
                worst.orElse(null),
                worst.map(finding -> delayed(finding)).orElse(null),
                worst(true).orElse(null))
            .about(Question.STOLEN));
  }

  private static String delayed(Finding finding) {
    Interrupter culprit = (Interrupter) finding.culprit();
    return culprit.asSubject() + " delayed " + finding.thread().name();
  }

  private Optional<Finding> worst(boolean service) {
    return steals.stream()
        .filter(finding -> ServiceThreads.contains(finding.thread().name()) == service)
        .max(Comparator.comparing(Finding::worstNs));
  }

  private void devices(List<Verdict> verdicts) {
    if (devices.isEmpty()) {
      verdicts.add(
          none(Question.DEVICES, "No device interrupts on " + GuardedCpus.words(recording)));
      return;
    }
    long count = devices.stream().mapToLong(Finding::count).sum();
    Finding most = devices.stream().max(Comparator.comparingLong(Finding::count)).orElseThrow();
    Finding worst =
        devices.stream()
            .filter(finding -> finding.worstNs() != null)
            .max(Comparator.comparing(Finding::worstNs))
            .orElse(null);
    verdicts.add(
        new Verdict(
                Severity.FAIL,
                String.format(
                    Locale.ROOT,
                    "Device interrupts on %s: %,d",
                    GuardedCpus.words(recording),
                    count),
                worst,
                String.format(Locale.ROOT, "mostly %s: %,d", most.culpritInWords(), most.count()),
                null)
            .about(Question.DEVICES));
  }

  private void affinity(List<Verdict> verdicts) {
    if (recording.interruptLines().isEmpty()) {
      Optional<String> whyNot = evidence.whyNot(Question.AFFINITY);
      if (whyNot.isPresent()) {
        verdicts.add(Verdict.notMeasured(Question.AFFINITY, whyNot.get()));
      } else if (facts.count(InterruptSource.Kind.LINE) > 0) {
        verdicts.add(
            Verdict.notMeasured(
                Question.AFFINITY, "the affinity masks of interrupt" + " lines were not recorded"));
      }
      return; // there are none
    }
    int lines = facts.linesAllowedOnGuarded().size();
    if (lines == 0) {
      verdicts.add(
          none(
              Question.AFFINITY,
              "No device interrupt may be delivered to " + GuardedCpus.words(recording)));
      return;
    }
    verdicts.add(
        Verdict.seen(
                Severity.FAIL,
                String.format(
                    Locale.ROOT,
                    "Interrupt lines whose affinity allows %s: %,d",
                    GuardedCpus.words(recording),
                    lines))
            .about(Question.AFFINITY));
  }

  private Verdict none(Question question, String text) {
    return Verdict.none(question, evidence, text);
  }
}
