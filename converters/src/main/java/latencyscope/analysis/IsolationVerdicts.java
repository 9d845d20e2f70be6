package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    Predicate<WaitKey> evicted = WaitKey::preempted;
    long guarded = onGuarded("involuntary_switches_monitored", count(evicted.and(this::guarded)));
    // Two counters of one kernel program, read one after the other, may differ by a last switch.
    long shared = Math.max(0, all.orElse(0) - guarded);
    if (guarded > 0) {
      String text = "Involuntary context switches on " + guardedCpus() + ": " + count(guarded);
      verdicts.add(withWorst(Severity.FAIL, text, evicted.and(this::guarded)));
    }
    if (shared > 0) {
      String text = "Involuntary context switches on shared CPUs: " + count(shared);
      verdicts.add(withWorst(Severity.WARN, text, evicted.and(key -> !guarded(key))));
    }
    if (all.isEmpty()) {
      verdicts.add(notCounted("Context switches"));
    } else if (guarded + shared == 0) {
      verdicts.add(Verdict.of(Severity.PASS, "No involuntary context switches"));
    }
  }

  /** The kernel's count of what happened on guarded CPUs, or what was seen if that is more. */
  private long onGuarded(String measure, long seen) {
    return facts.guarded.isEmpty() ? 0 : Math.max(seen, facts.total(measure).orElse(0));
  }

  private void obstructions(List<Verdict> verdicts) {
    Predicate<WaitKey> behind = key -> key.contended() && !key.preempted();
    Predicate<WaitKey> violation =
        behind.and(key -> guarded(key) && !ofTarget(key.culprit(), recording));
    long violations = count(violation);
    long others = count(behind.and(violation.negate()));
    if (violations > 0) {
      String text = "Foreign tasks in the way on " + guardedCpus() + ": " + count(violations);
      verdicts.add(withWorst(Severity.FAIL, text, violation));
    }
    if (others > 0) {
      String text = "Woken threads waited behind other tasks: " + count(others);
      verdicts.add(withWorst(Severity.WARN, text, behind.and(violation.negate())));
    }
    if (!facts.waitsMeasured) {
      verdicts.add(notCounted("Run queue waits"));
    } else if (violations + others == 0) {
      verdicts.add(Verdict.of(Severity.PASS, "No woken thread waited behind another task"));
    }
  }

  private long count(Predicate<WaitKey> filter) {
    Tally.Sum<RunQueueWait> sum = events.waits.all(filter);
    return sum == null ? 0 : sum.count();
  }

  private void migrations(List<Verdict> verdicts) {
    OptionalLong all = facts.migrations();
    Optional<Finding> worst = findings.stream().filter(IsolationFindings::isMigration).findFirst();
    long seen =
        findings.stream().filter(IsolationFindings::isMigration).mapToLong(Finding::count).sum();
    long violations = onGuarded("involuntary_migrations_monitored", seen);
    if (violations > 0) {
      String text = "Involuntary migrations on " + guardedCpus() + ": " + count(violations);
      String cause = worst.map(Finding::title).orElse(null);
      verdicts.add(new Verdict(Severity.FAIL, text, worst.orElse(null), cause));
    }
    if (all.isEmpty()) {
      verdicts.add(notCounted("Migrations"));
    } else if (violations == 0) {
      verdicts.add(Verdict.of(Severity.PASS, harmless(all.getAsLong())));
    }
  }

  private String harmless(long migrations) {
    if (migrations == 0) {
      return "No migrations";
    }
    return facts.guarded.isEmpty()
        ? "Migrations between shared CPUs: " + count(migrations)
        : "No involuntary migration on " + guardedCpus() + " (" + count(migrations) + " in all)";
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

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
