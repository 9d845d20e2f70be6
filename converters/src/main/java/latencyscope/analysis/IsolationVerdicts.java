package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Predicate;
import latencyscope.analysis.IsolationEvents.WaitKey;
import latencyscope.recording.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

/**
 * Answers the isolation module's questions: was the target taken off its CPUs, was anybody in its
 * way, was it moved.
 */
final class IsolationVerdicts {
  private final IsolationFacts facts;
  private final IsolationEvents events;
  private final List<Finding> findings;
  private final Recording recording;

  IsolationVerdicts(
      IsolationFacts facts, IsolationEvents events, List<Finding> findings, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.findings = findings;
    this.recording = recording;
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    switches(verdicts);
    obstructions(verdicts);
    migrations(verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  static boolean ofTarget(Task culprit, Recording recording) {
    long target = recording.capture().targetPid();
    return target > 0 && culprit.pid() == target;
  }

  private void switches(List<Verdict> verdicts) {
    OptionalLong all = facts.total("involuntary_switches");
    if (all.isEmpty()) {
      verdicts.add(notCounted("Context switches"));
      return;
    }
    long guarded =
        facts.guarded.isEmpty() ? 0 : facts.total("involuntary_switches_monitored").orElse(0);
    if (guarded > 0) {
      String text = "Involuntary context switches on " + guardedCpus() + ": " + events(guarded);
      verdicts.add(withWorst(Severity.FAIL, text, key -> key.preempted() && guarded(key)));
    }
    // Two counters of one kernel program, read one after the other, may differ by a last switch.
    long shared = Math.max(0, all.getAsLong() - guarded);
    if (shared > 0) {
      String text = "Involuntary context switches on shared CPUs: " + events(shared);
      verdicts.add(withWorst(Severity.WARN, text, key -> key.preempted() && !guarded(key)));
    }
    if (guarded + shared == 0) {
      verdicts.add(Verdict.of(Severity.PASS, "No involuntary context switches"));
    }
  }

  private void obstructions(List<Verdict> verdicts) {
    if (!facts.waitsMeasured) {
      verdicts.add(notCounted("Run queue waits"));
      return;
    }
    Predicate<WaitKey> behind = key -> key.contended() && !key.preempted();
    Predicate<WaitKey> violation =
        behind.and(key -> guarded(key) && !ofTarget(key.culprit(), recording));
    long violations = count(violation);
    long others = count(behind.and(violation.negate()));
    if (violations > 0) {
      String text = "Foreign tasks in the way on " + guardedCpus() + ": " + waits(violations);
      verdicts.add(withWorst(Severity.FAIL, text, violation));
    }
    if (others > 0) {
      String text = "Woken threads waited behind other tasks: " + waits(others);
      verdicts.add(withWorst(Severity.WARN, text, behind.and(violation.negate())));
    }
    if (violations + others == 0) {
      verdicts.add(Verdict.of(Severity.PASS, "No woken thread waited behind another task"));
    }
  }

  private long count(Predicate<WaitKey> filter) {
    Tally.Sum<RunQueueWait> sum = events.waits.all(filter);
    return sum == null ? 0 : sum.count();
  }

  private void migrations(List<Verdict> verdicts) {
    OptionalLong all = facts.migrations();
    if (all.isEmpty()) {
      verdicts.add(notCounted("Migrations"));
      return;
    }
    long violations =
        facts.guarded.isEmpty() ? 0 : facts.total("involuntary_migrations_monitored").orElse(0);
    if (violations > 0) {
      Finding example =
          findings.stream()
              .filter(f -> f.severity() == Severity.FAIL && f.worstNs() == null)
              .findFirst()
              .orElse(null);
      String text = "Involuntary migrations on " + guardedCpus() + ": " + events(violations);
      String cause = example == null ? null : example.title();
      verdicts.add(new Verdict(Severity.FAIL, text, example, cause));
    } else {
      String where = facts.guarded.isEmpty() ? "" : " on " + guardedCpus();
      String text = "No involuntary migration" + where;
      long moves = all.getAsLong();
      verdicts.add(
          Verdict.of(
              Severity.PASS,
              moves == 0
                  ? "No migrations"
                  : facts.guarded.isEmpty()
                      ? String.format(Locale.ROOT, "Migrations between shared CPUs: %,d", moves)
                      : String.format(Locale.ROOT, "%s (%,d in all)", text, moves)));
    }
  }

  private Verdict withWorst(Severity severity, String text, Predicate<WaitKey> filter) {
    Tally.Sum<RunQueueWait> sum = events.waits.all(filter);
    if (sum == null || sum.worst().culprit() == null) {
      return Verdict.of(severity, text);
    }
    RunQueueWait worst = sum.worst();
    ThreadId thread = recording.latest(worst.thread());
    Finding finding =
        findings.stream()
            .filter(f -> f.thread().equals(thread) && Long.valueOf(worst.start()).equals(f.at()))
            .findFirst()
            .orElseGet(() -> finding(severity, text, worst, thread));
    String culprit = worst.culprit().describe();
    String cause =
        worst.preempted()
            ? culprit + " preempted " + thread.name()
            : culprit + " held CPU " + worst.cpu() + " while " + thread.name() + " waited";
    return new Verdict(severity, text, finding, cause);
  }

  // The worst of a kind need not be the worst of its finding, which has waits of both kinds.
  private static Finding finding(
      Severity severity, String text, RunQueueWait worst, ThreadId thread) {
    return new Finding(
        IsolationFacts.MODULE,
        severity,
        text,
        thread,
        worst.culprit().describe(),
        1,
        worst.duration(),
        worst.duration(),
        worst.start(),
        "",
        null);
  }

  private boolean guarded(WaitKey key) {
    return facts.guarded.contains(key.cpu());
  }

  private String guardedCpus() {
    CpuSet isolated = recording.host().isolated();
    return isolated.containsAll(facts.guarded) ? "isolated CPUs" : "monitored CPUs";
  }

  // Without the kernel's count "none" would be a guess.
  private static Verdict notCounted(String what) {
    return Verdict.of(Severity.WARN, what + " were not counted: see the capture's probes");
  }

  private static String events(long count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "event" : "events");
  }

  private static String waits(long count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "wait" : "waits");
  }
}
