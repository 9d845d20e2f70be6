package latencyscope.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import latencyscope.analysis.IsolationEvents.MoveKey;
import latencyscope.analysis.IsolationEvents.WaitKey;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

/** Names who stood in which thread's way, and who moved it. */
final class IsolationFindings {
  private static final int REAL_TIME = 100;

  private final Recording recording;
  private final IsolationFacts facts;
  private final IsolationEvents events;
  private final Culprits culprits;
  private final Remedy remedy;

  IsolationFindings(Recording recording, IsolationFacts facts, IsolationEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    this.culprits = new Culprits(recording);
    this.remedy = new Remedy(recording.host(), recording.capture(), facts.guarded);
  }

  /** What tells findings apart. */
  private record WaitGroup(ThreadId thread, Task culprit, boolean guarded) {}

  /** What tells findings about moves apart. */
  private record MoveGroup(ThreadId thread, String cause) {}

  /** All findings, the worst first; application threads before the JVM's own. */
  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    Predicate<WaitKey> blamed = key -> key.contended() && !culprits.isOwn(key.culprit());
    Predicate<WaitKey> evicted = blamed.and(WaitKey::preempted);
    Map<WaitGroup, Tally.Sum<RunQueueWait>> evictions = events.waits.by(this::group, evicted);
    events
        .waits
        .by(this::group, blamed)
        .forEach((group, sum) -> findings.add(wait(group, sum, evictions.get(group))));
    events
        .moves
        .by(key -> new MoveGroup(key.thread(), key.cause()), this::violates)
        .forEach((group, sum) -> findings.add(move(group, sum)));
    events
        .slowWakeUps
        .by(thread -> thread, thread -> !ServiceThreads.contains(recording.latest(thread).name()))
        .forEach((thread, sum) -> findings.add(wakeUp(recording.latest(thread), sum)));
    findings.sort(Finding.COSTLIEST_FIRST);
    return findings;
  }

  private WaitGroup group(WaitKey key) {
    return new WaitGroup(key.thread(), culprits.grouped(key.culprit()), guarded(key));
  }

  private boolean guarded(WaitKey key) {
    return facts.guarded.contains(key.cpu());
  }

  /** Whether a move is a violation: involuntary, and from or to a CPU meant for the target. */
  private boolean violates(MoveKey key) {
    return key.involuntary()
        && (facts.guarded.contains(key.cpu()) || facts.guarded.contains(key.toCpu()));
  }

  private Finding wait(
      WaitGroup group, Tally.Sum<RunQueueWait> sum, Tally.Sum<RunQueueWait> evictions) {
    RunQueueWait worst = sum.worst();
    boolean ofTarget = culprits.isOfTarget(group.culprit());
    boolean violation = group.guarded() && (!ofTarget || evictions != null);
    ThreadId thread = recording.latest(group.thread());
    // Groups leave out the thread of another process; the worst wait has it.
    Task culprit = group.culprit().equals(Task.OTHERS) ? Task.OTHERS : worstCulprit(worst, group);
    return new Finding(
        IsolationFacts.MODULE,
        violation ? Severity.FAIL : Severity.WARN,
        title(thread, culprit, worst),
        thread,
        culprit.describe(),
        sum.count(),
        sum.total(),
        worst.duration(),
        worst.start(),
        evidence(thread, sum, evictions == null ? 0 : evictions.count()),
        remedy.against(culprit, thread, worst.cpu()));
  }

  private Task worstCulprit(RunQueueWait worst, WaitGroup group) {
    return worst.culprit() == null ? group.culprit() : culprits.named(worst.culprit());
  }

  private static String title(ThreadId thread, Task culprit, RunQueueWait worst) {
    if (culprit.equals(Task.QUOTA)) {
      return thread.name() + " was stopped by " + culprit.name();
    }
    return worst.preempted()
        ? culprit.name() + " preempted " + thread.name()
        : thread.name() + " waited behind " + culprit.name();
  }

  private String evidence(ThreadId thread, Tally.Sum<RunQueueWait> sum, long evictions) {
    RunQueueWait worst = sum.worst();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s above the threshold, %,d after preemption. In the worst, on CPU %d, the %s %,d ns",
            plural(sum.count(), "wait"),
            evictions,
            worst.cpu(),
            Task.QUOTA.equals(worst.culprit()) ? "quota took" : "culprit ran",
            worst.culpritHeld()));
    if (Task.QUOTA.equals(worst.culprit())) {
      return text.append('.').toString();
    }
    if (worst.tasksBetween() > 1) {
      int others = worst.tasksBetween() - 1;
      text.append(others == 1 ? ", 1 other task, too" : ", " + others + " other tasks, too");
    }
    if (worst.accounted() < worst.duration() - worst.duration() / 100) {
      text.append("; so many switches followed that only the last ");
      text.append(String.format(Locale.ROOT, "%,d ns are accounted for", worst.accounted()));
    }
    if (worst.culpritPriority() < REAL_TIME && worst.culprit() != null) {
      text.append("; the culprit is a real-time task");
    }
    if (worst.culprit() != null) {
      events
          .rhythm(worst.culprit(), worst.cpu())
          .ifPresent(rhythm -> text.append("; it comes ").append(rhythm.describe()));
    }
    if (ServiceThreads.contains(thread.name())) {
      text.append("; the thread is one of the JVM's own");
    }
    return text.append('.').toString();
  }

  private static String plural(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }

  private Finding wakeUp(ThreadId thread, Tally.Sum<RunQueueWait> sum) {
    RunQueueWait worst = sum.worst();
    return new Finding(
        IsolationFacts.MODULE,
        Severity.WARN,
        thread.name() + " was slow to wake on an idle CPU",
        thread,
        null,
        sum.count(),
        sum.total(),
        worst.duration(),
        worst.start(),
        String.format(
            Locale.ROOT,
            "%s of %,d µs or more with nobody in the way: CPU %d, in the worst, was idle, and the"
                + " time went into the interrupt that wakes it and its way out of the idle state.",
            plural(sum.count(), "wake-up"),
            IsolationEvents.SLOW_WAKE_UP_NS / 1_000,
            worst.cpu()),
        remedy.againstIdle());
  }

  /** Whether a finding is about moves, which have no duration. */
  static boolean isMigration(Finding finding) {
    return finding.worstNs() == null;
  }

  /** Whether a finding is about wake-ups with nobody in the way. */
  static boolean isWakeUp(Finding finding) {
    return finding.worstNs() != null && finding.culprit() == null;
  }

  private Finding move(MoveGroup group, Tally.Sum<Move> sum) {
    Move move = sum.worst();
    ThreadId thread = recording.latest(group.thread());
    return new Finding(
        IsolationFacts.MODULE,
        Severity.FAIL,
        thread.name() + " was moved to another CPU (" + group.cause() + ")",
        thread,
        move.by() == null ? null : move.by().describe(),
        sum.count(),
        null,
        null,
        move.start(),
        String.format(
            Locale.ROOT,
            "%s, one from CPU %d to CPU %d.",
            plural(sum.count(), "move"),
            move.cpu(),
            move.toCpu()),
        remedy.againstMoving(move));
  }
}
