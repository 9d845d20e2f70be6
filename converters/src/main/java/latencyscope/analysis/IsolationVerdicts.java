package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private final Culprits culprits;

  IsolationVerdicts(
      IsolationFacts facts, IsolationEvents events, List<Finding> findings, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.findings = findings;
    this.recording = recording;
    this.culprits = new Culprits(recording);
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    switches(verdicts);
    obstructions(verdicts);
    migrations(verdicts);
    wakeUps(verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private void switches(List<Verdict> verdicts) {
    OptionalLong all = facts.total("involuntary_switches");
    Predicate<WaitKey> evicted = WaitKey::preempted;
    long seen = count(evicted.and(this::guarded).and(this::isBlamed));
    long guarded = onGuarded("involuntary_switches_monitored", seen);
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
    Predicate<WaitKey> behind = key -> isBlamed(key) && !key.preempted();
    Predicate<WaitKey> violation =
        behind.and(key -> guarded(key) && !culprits.isOfTarget(key.culprit()));
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
      verdicts.add(new Verdict(Severity.FAIL, text, worst.orElse(null), cause, null));
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

  private boolean isBlamed(WaitKey key) {
    return key.contended() && !culprits.isOwn(key.culprit());
  }

  private boolean isService(WaitKey key) {
    return ServiceThreads.contains(recording.latest(key.thread()).name());
  }

  private void wakeUps(List<Verdict> verdicts) {
    List<Finding> slow = findings.stream().filter(IsolationFindings::isWakeUp).toList();
    slow.stream()
        .max(Comparator.comparing(Finding::worstNs))
        .ifPresent(worst ->
            verdicts.add(
                new Verdict(
                    Severity.WARN,
                    "Slow wake-ups, although the CPU was idle: "
                        + count(slow.stream().mapToLong(Finding::count).sum()),
                    worst,
                    "nobody was in the way; waking the CPU for "
                        + worst.thread().name()
                        + " took that long",
                    null)));
  }

  private Verdict withWorst(Severity severity, String text, Predicate<WaitKey> filter) {
    Predicate<WaitKey> blamed = filter.and(this::isBlamed);
    Tally.Sum<RunQueueWait> asked = events.waits.all(blamed.and(key -> !isService(key)));
    Tally.Sum<RunQueueWait> service = events.waits.all(blamed.and(this::isService));
    Finding worst = asked == null ? null : listed(severity, asked);
    return new Verdict(
        severity,
        text,
        worst,
        worst == null ? null : cause(asked.worst()) + most(asked.worst(), blamed),
        service == null ? null : single(severity, service));
  }

  /** The finding that has the worst of some waits; it may be known for a worse one yet. */
  private Finding listed(Severity severity, Tally.Sum<RunQueueWait> sum) {
    RunQueueWait worst = sum.worst();
    ThreadId thread = recording.latest(worst.thread());
    return findings.stream()
        .filter(f -> f.thread().equals(thread) && Long.valueOf(worst.start()).equals(f.at()))
        .findFirst()
        .orElseGet(() -> single(severity, sum));
  }

  private String cause(RunQueueWait wait) {
    String thread = recording.latest(wait.thread()).name();
    if (wait.culprit() == null) {
      return "an unknown task preempted " + thread;
    }
    String culprit = culprits.named(wait.culprit()).describe();
    if (wait.culprit().equals(Task.QUOTA)) {
      return culprit + " stopped " + thread;
    }
    return wait.preempted()
        ? culprit + " preempted " + thread
        : culprit + " held CPU " + wait.cpu() + " while " + thread + " waited";
  }

  /** Who took most time, if it is another than the culprit of the worst. */
  private String most(RunQueueWait worst, Predicate<WaitKey> filter) {
    Map<Task, Tally.Sum<RunQueueWait>> byCulprit =
        events.waits.by(key -> culprits.grouped(key.culprit()), filter.and(key -> !isService(key)));
    Task most =
        Collections.max(
                byCulprit.entrySet(), Comparator.comparingLong(entry -> entry.getValue().total()))
            .getKey();
    if (worst.culprit() == null || most.equals(culprits.grouped(worst.culprit()))) {
      return "";
    }
    // Of a process as a whole, the thread that was worst; an unknown task has none.
    Task whom = byCulprit.get(most).worst().culprit();
    return "; most time in all: " + (whom == null ? most : culprits.named(whom)).describe();
  }

  private Finding single(Severity severity, Tally.Sum<RunQueueWait> sum) {
    RunQueueWait worst = sum.worst();
    return new Finding(
        IsolationFacts.MODULE,
        severity,
        cause(worst),
        recording.latest(worst.thread()),
        worst.culprit() == null ? null : culprits.named(worst.culprit()).describe(),
        sum.count(),
        sum.total(),
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
