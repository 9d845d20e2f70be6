package latencyscope.analysis.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.FindingOrder;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.isolation.IsolationEvents.MoveKey;
import latencyscope.analysis.isolation.IsolationEvents.WaitKey;
import latencyscope.analysis.remedy.Move;
import latencyscope.analysis.remedy.TaskRemedy;
import latencyscope.analysis.tally.Tally;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Names who stood in which thread's way, and who moved it. */
final class IsolationFindings {
  private final Recording recording;
  private final IsolationFacts facts;
  private final IsolationEvents events;
  private final Culprits culprits;
  private final TaskRemedy remedy;
  private final List<Finding> waits;
  private final List<Finding> moves;
  private final List<Finding> wakeUps;

  IsolationFindings(Recording recording, IsolationFacts facts, IsolationEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    this.culprits = new Culprits(recording);
    this.remedy = new TaskRemedy(recording, facts.guarded);
    waits = sorted(findWaits());
    moves = sorted(findMoves());
    wakeUps = sorted(findWakeUps());
  }

  /** What distinguishes findings. */
  private record WaitGroup(ThreadId thread, Task culprit, boolean guarded) {}

  /** What distinguishes findings about moves. */
  private record MoveGroup(ThreadId thread, String cause) {}

  /** All findings, the worst first; application threads before the JVM's own. */
  List<Finding> all() {
    return sorted(Stream.of(waits, moves, wakeUps).flatMap(List::stream).toList());
  }

  /** Waits behind others, the worst first. */
  List<Finding> waits() {
    return waits;
  }

  /** Moves to other CPUs, which have no duration. */
  List<Finding> moves() {
    return moves;
  }

  /** Wake-ups that took long although the CPU was idle, the worst first. */
  List<Finding> wakeUps() {
    return wakeUps;
  }

  private static List<Finding> sorted(List<Finding> findings) {
    return findings.stream().sorted(FindingOrder.COSTLIEST_FIRST).toList();
  }

  private List<Finding> findWaits() {
    Predicate<WaitKey> blamed = key -> key.contended() && !culprits.isOwn(key.culprit());
    Predicate<WaitKey> evicted = blamed.and(WaitKey::preempted);
    Map<WaitGroup, Tally.Sum<Blame>> evictions = events.blames.by(this::group, evicted);
    List<Finding> found = new ArrayList<>();
    events
        .blames
        .by(this::group, blamed)
        .forEach((group, sum) -> found.add(wait(group, sum, evictions.get(group))));
    return found;
  }

  private List<Finding> findMoves() {
    List<Finding> found = new ArrayList<>();
    events
        .moves
        .by(key -> new MoveGroup(key.thread(), key.cause()), this::violates)
        .forEach((group, sum) -> found.add(move(group, sum)));
    return found;
  }

  private List<Finding> findWakeUps() {
    List<Finding> found = new ArrayList<>();
    events
        .slowWakeUps
        .by(thread -> thread, thread -> !ServiceThreads.contains(recording.latest(thread).name()))
        .forEach((thread, sum) -> found.add(wakeUp(recording.latest(thread), sum)));
    return found;
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

  private Finding wait(WaitGroup group, Tally.Sum<Blame> sum, Tally.Sum<Blame> evictions) {
    Blame worst = sum.worst();
    boolean ofTarget = culprits.isOfTarget(group.culprit());
    boolean violation = group.guarded() && (!ofTarget || evictions != null);
    ThreadId thread = recording.latest(group.thread());
    Task culprit =
        group.culprit().equals(Task.OTHERS) ? Task.OTHERS : culprits.process(worst.culprit());
    return new Finding(
            IsolationFacts.MODULE,
            violation ? Severity.FAIL : Severity.WARN,
            title(thread, culprit, worst),
            thread,
            culprit,
            new Cost(sum.count(), sum.total(), worst.held(), worst.start()),
            evidence(thread, culprit, sum, evictions == null ? 0 : evictions.count()),
            remedy.against(culprit, thread, worst.cpu()))
        .about(Kind.CPU_WAIT);
  }

  private static String title(ThreadId thread, Task culprit, Blame worst) {
    if (culprit.equals(Task.QUOTA)) {
      return thread.name() + " was stopped by " + culprit.name();
    }
    return worst.preempted()
        ? culprit.name() + " preempted " + thread.name()
        : thread.name() + " waited behind " + culprit.name();
  }

  private String evidence(ThreadId thread, Task culprit, Tally.Sum<Blame> sum, long evictions) {
    Blame worst = sum.worst();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s recorded, %,d after preemption. In the worst wait, on CPU %d, %s %s",
            Count.words(sum.count(), "wait"),
            evictions,
            worst.cpu(),
            subject(culprit, worst.culprit()),
            Nanos.words(worst.held())));
    if (worst.held() < worst.waited() - worst.waited() / 100) {
      text.append(" of ").append(Nanos.words(worst.waited()));
    }
    culprits.place(culprit).ifPresent(place -> text.append("; the culprit is in ").append(place));
    if (worst.isByRealTimeTask()) {
      text.append("; the culprit is a real-time task");
    }
    if (worst.isNamed()) {
      events
          .rhythm(worst.culprit(), worst.cpu(), culprits.isOfTarget(worst.culprit()))
          .ifPresent(rhythm -> text.append("; it recurs ").append(rhythm.describe()));
    }
    if (ServiceThreads.contains(thread.name())) {
      text.append("; the thread is a service thread of the JVM");
    }
    return text.append('.').toString();
  }

  // Of another process, the title names no thread.
  private static String subject(Task process, Task culprit) {
    if (culprit.equals(Task.QUOTA)) {
      return "the quota stopped it for";
    }
    if (culprit.equals(Task.UNKNOWN)) {
      return "too many switches followed to record which task ran for";
    }
    if (culprit.tid() != process.tid()) {
      return "its thread " + culprit.name() + " ran for";
    }
    return culprit.equals(Task.OTHERS) ? "other tasks ran for" : "the culprit ran for";
  }

  private Finding wakeUp(ThreadId thread, Tally.Sum<RunQueueWait> sum) {
    RunQueueWait worst = sum.worst();
    return new Finding(
            IsolationFacts.MODULE,
            Severity.WARN,
            thread.name() + " was slow to wake on an idle CPU",
            thread,
            null,
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            String.format(
                Locale.ROOT,
                "%s of %,d µs or more with no other task running. In the worst, CPU %d was idle: the"
                    + " interrupt that wakes it and its exit from the idle state took the time.",
                Count.words(sum.count(), "wake-up"),
                IsolationEvents.SLOW_WAKE_UP_NS / 1_000,
                worst.cpu()),
            remedy.againstIdle())
        .about(Kind.CPU_WAIT);
  }

  private Finding move(MoveGroup group, Tally.Sum<Move> sum) {
    Move move = sum.worst();
    ThreadId thread = recording.latest(group.thread());
    return new Finding(
        IsolationFacts.MODULE,
        Severity.FAIL,
        thread.name() + " was moved to another CPU (" + group.cause() + ")",
        thread,
        move.by(),
        new Cost(sum.count(), null, null, move.start()),
        String.format(
            Locale.ROOT,
            "%s, one from CPU %d to CPU %d.",
            Count.words(sum.count(), "move"),
            move.cpu(),
            move.toCpu()),
        remedy.againstMoving(move));
  }
}
