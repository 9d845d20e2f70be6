package latencyscope.analysis.isolation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.isolation.IsolationEvents.WaitKey;
import latencyscope.analysis.remedy.GuardedCpus;
import latencyscope.analysis.tally.Tally;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/**
 * Answers the isolation module's questions: was the target taken off its CPUs, was anybody in its
 * way, was it moved.
 */
final class IsolationVerdicts {
  private static final long SAME_TIME_NS = 1_000;

  private final IsolationFacts facts;
  private final IsolationEvents events;
  private final IsolationFindings findings;
  private final Recording recording;
  private final Culprits culprits;
  private final Evidence evidence;

  IsolationVerdicts(
      IsolationFacts facts,
      IsolationEvents events,
      IsolationFindings findings,
      Recording recording) {
    this.facts = facts;
    this.events = events;
    this.findings = findings;
    this.recording = recording;
    this.culprits = new Culprits(recording);
    this.evidence = Evidence.of(recording);
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
    boolean counted = evidence.proof(Question.SWITCHES).isPresent();
    long all =
        Math.max(facts.total("involuntary_switches").orElse(0), events.involuntarySwitches());
    Predicate<WaitKey> evicted = WaitKey::preempted;
    long seen = count(evicted.and(this::guarded).and(this::isBlamed));
    long guarded = onGuarded("involuntary_switches_monitored", seen);
    // Two counters of one kernel program, read one after the other, may differ by a last switch.
    long shared = Math.max(0, all - guarded);
    String least = counted ? "" : "at least ";
    if (guarded > 0) {
      String text =
          "Involuntary context switches on "
              + GuardedCpus.words(recording)
              + ": "
              + least
              + Count.words(guarded);
      verdicts.add(
          withWorst(Severity.FAIL, text, evicted.and(this::guarded)).about(Question.SWITCHES));
    }
    if (shared > 0) {
      String text = "Involuntary context switches on shared CPUs: " + least + Count.words(shared);
      verdicts.add(
          withWorst(Severity.WARN, text, evicted.and(key -> !guarded(key)))
              .about(Question.SWITCHES));
    }
    if (guarded + shared == 0) {
      verdicts.add(none(Question.SWITCHES, "No involuntary context switches"));
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
      String text =
          "Waits behind foreign tasks on "
              + GuardedCpus.words(recording)
              + ": "
              + Count.words(violations);
      verdicts.add(withWorst(Severity.FAIL, text, violation).about(Question.OBSTRUCTIONS));
    }
    if (others > 0) {
      String text = "Woken threads waited behind other tasks: " + Count.words(others);
      verdicts.add(
          withWorst(Severity.WARN, text, behind.and(violation.negate()))
              .about(Question.OBSTRUCTIONS));
    }
    if (violations + others == 0) {
      String text =
          "No woken thread waited behind another task" + evidence.from(EventTypes.RUN_QUEUE_WAIT);
      verdicts.add(none(Question.OBSTRUCTIONS, text));
    }
  }

  private long count(Predicate<WaitKey> filter) {
    Tally.Sum<RunQueueWait> sum = events.waits.all(filter);
    return sum == null ? 0 : sum.count();
  }

  private void migrations(List<Verdict> verdicts) {
    OptionalLong all = facts.migrations();
    Optional<Finding> worst = findings.moves().stream().findFirst();
    long seen = findings.moves().stream().mapToLong(Finding::count).sum();
    long violations = onGuarded("involuntary_migrations_monitored", seen);
    if (violations > 0) {
      String text =
          "Involuntary migrations on "
              + GuardedCpus.words(recording)
              + ": "
              + Count.words(violations);
      String cause = worst.map(Finding::title).orElse(null);
      verdicts.add(
          new Verdict(Severity.FAIL, text, worst.orElse(null), cause, null)
              .about(Question.MIGRATIONS));
    } else {
      verdicts.add(none(Question.MIGRATIONS, harmless(all.orElse(0))));
    }
  }

  private String harmless(long migrations) {
    if (migrations == 0) {
      return "No migrations";
    }
    return facts.guarded.isEmpty()
        ? "Migrations between shared CPUs: " + Count.words(migrations)
        : "No involuntary migration on "
            + GuardedCpus.words(recording)
            + " ("
            + Count.words(migrations)
            + " in total)";
  }

  private boolean isBlamed(WaitKey key) {
    return key.contended() && !culprits.isOwn(key.culprit());
  }

  private boolean isService(WaitKey key) {
    return ServiceThreads.contains(recording.latest(key.thread()).name());
  }

  private void wakeUps(List<Verdict> verdicts) {
    List<Finding> slow = findings.wakeUps();
    slow.stream()
        .max(Comparator.comparing(Finding::worstNs))
        .ifPresent(worst ->
            verdicts.add(
                new Verdict(
                    Severity.WARN,
                    "Slow wake-ups on idle CPUs: "
                        + Count.words(slow.stream().mapToLong(Finding::count).sum()),
                    worst,
                    "no other task ran; waking the CPU for "
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
    Task culprit = worst.culprit() == null ? null : culprits.named(worst.culprit());
    return findings.waits().stream()
        .filter(f -> f.thread().equals(thread) && isAt(f, worst.start()))
        .filter(f -> Objects.equals(f.culprit(), culprit))
        .findFirst()
        .orElseGet(() -> single(severity, sum));
  }

  // A share's wait begins at the share's start less its offset: both starts are converted from the
  // kernel's clock, each for itself, and differ a little.
  private static boolean isAt(Finding finding, long start) {
    return finding.at() != null && Math.abs(finding.at() - start) <= SAME_TIME_NS;
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
    Map<Task, Tally.Sum<Blame>> byCulprit =
        events.blames.by(
            key -> culprits.grouped(key.culprit()), filter.and(key -> !isService(key)));
    if (byCulprit.isEmpty()) {
      return "";
    }
    Task most =
        Collections.max(
                byCulprit.entrySet(), Comparator.comparingLong(entry -> entry.getValue().total()))
            .getKey();
    if (worst.culprit() == null || most.equals(culprits.grouped(worst.culprit()))) {
      return "";
    }
    // Of a process as a whole, the thread that was worst.
    Task whom = byCulprit.get(most).worst().culprit();
    return "; most time in total: " + culprits.named(whom).describe();
  }

  private Finding single(Severity severity, Tally.Sum<RunQueueWait> sum) {
    RunQueueWait worst = sum.worst();
    return new Finding(
        IsolationFacts.MODULE,
        severity,
        cause(worst),
        recording.latest(worst.thread()),
        worst.culprit() == null ? null : culprits.named(worst.culprit()),
        new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
        "",
        List.of());
  }

  private boolean guarded(WaitKey key) {
    return facts.guarded.contains(key.cpu());
  }

  private Verdict none(Question question, String text) {
    return Verdict.none(question, evidence, text);
  }
}
