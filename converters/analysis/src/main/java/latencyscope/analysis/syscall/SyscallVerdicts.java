package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;

/** Answers the syscall module's questions: did a thread that matters sleep, contend, or block. */
final class SyscallVerdicts {
  private final SyscallFacts facts;
  private final SyscallEvents events;
  private final SyscallFindings findings;
  private final Recording recording;
  private final Evidence evidence;

  SyscallVerdicts(
      SyscallFacts facts, SyscallEvents events, SyscallFindings findings, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.findings = findings;
    this.recording = recording;
    this.evidence = Evidence.of(recording);
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    sleeps(verdicts);
    locks(verdicts);
    calls(verdicts);
    of(
        findings.samples(),
        f -> true,
        "Stops of busy threads by the flight recorder's sampler",
        Question.CALLS,
        verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private void sleeps(List<Verdict> verdicts) {
    List<Finding> sleeps = findings.sleeps();
    Optional<Untold> untold = Untold.sleeps(events, recording, facts::matters);
    if (sleeps.isEmpty() && untold.isPresent()) {
      verdicts.add(Verdict.notMeasured(Question.SLEEPS, untold.get().words()));
    } else if (sleeps.isEmpty()) {
      String text =
          hasJavaWaits()
              ? "No busy thread slept"
              : "No busy thread slept in a system call; Thread.sleep is recorded only by the"
                  + " target's own JFR recording";
      verdicts.add(none(Question.SLEEPS, text + evidence.from(EventTypes.SLEEP)));
    }
    of(
        sleeps,
        f -> f.severity() == Severity.FAIL,
        "Sleeps on " + GuardedCpus.words(recording),
        Question.SLEEPS,
        verdicts);
    of(
        sleeps,
        f -> f.severity() == Severity.WARN,
        "Sleeps on shared CPUs",
        Question.SLEEPS,
        verdicts);
  }

  private boolean hasJavaWaits() {
    return events.hasJavaWaits() || facts.futexWaits.count() == 0;
  }

  private Verdict none(Question question, String text) {
    return Verdict.none(question, evidence, text);
  }

  private void locks(List<Verdict> verdicts) {
    List<Finding> locks = findings.locks();
    of(locks, f -> true, "Contended futex waits of busy threads", Question.LOCKS, verdicts);
    Optional<Untold> untold = Untold.locks(events, recording, facts::matters);
    if (locks.isEmpty() && untold.isPresent()) {
      verdicts.add(Verdict.notMeasured(Question.LOCKS, untold.get().words()));
    } else if (locks.isEmpty()) {
      // Without the JVM's events silence means little.
      String text =
          hasJavaWaits()
              ? "No busy thread waited for a lock"
              : "No busy thread waited for a native mutex; Java locks are recorded only by the"
                  + " target's own JFR recording";
      verdicts.add(none(Question.LOCKS, text + evidence.from(EventTypes.FUTEX_WAIT)));
    }
  }

  private void calls(List<Verdict> verdicts) {
    List<Finding> calls = findings.calls();
    of(calls, f -> true, "Blocking calls of busy threads", Question.CALLS, verdicts);
    if (calls.isEmpty()) {
      String text = "No busy thread blocked in a system call";
      verdicts.add(none(Question.CALLS, text + evidence.from(EventTypes.BLOCKING_SYSCALL)));
    }
  }

  private static void of(
      List<Finding> all,
      Predicate<Finding> filter,
      String text,
      Question question,
      List<Verdict> verdicts) {
    List<Finding> some = all.stream().filter(filter).toList();
    some.stream()
        .max(Comparator.comparing(Finding::worstNs))
        .ifPresent(worst ->
            verdicts.add(
                new Verdict(
                        worst.severity(),
                        String.format(
                            Locale.ROOT,
                            "%s: %,d",
                            text,
                            some.stream().mapToLong(Finding::count).sum()),
                        worst,
                        worst.title(),
                        null)
                    .about(question)));
  }
}
