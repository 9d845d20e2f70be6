package latencyscope.analysis.isolation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ModuleEvents;
import latencyscope.analysis.Worst;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.remedy.Move;
import latencyscope.analysis.rhythm.Rhythm;
import latencyscope.analysis.rhythm.Rhythms;
import latencyscope.analysis.tally.Tally;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Adds up the isolation module's events while they are read. Not safe for use by several threads.
 */
final class IsolationEvents implements ModuleEvents {
  private static final int WORST = 20;

  /**
   * From here on the wake-up of an idle CPU is slow: more than interrupt and idle exit take on a
   * machine that is set up for it, and what the production profile keeps as single events.
   */
  static final long SLOW_WAKE_UP_NS = 10_000;

  /**
   * What distinguishes waits.
   *
   * @param culprit who held the CPU; null if it was idle
   */
  record WaitKey(ThreadId thread, Task culprit, int cpu, boolean preempted) {
    WaitKey(Blame blame, Task culprit) {
      this(blame.thread(), culprit, blame.cpu(), blame.preempted());
    }

    WaitKey(RunQueueWait wait, Task culprit) {
      this(wait.thread(), culprit, wait.cpu(), wait.preempted());
    }

    /** Whether another task delayed it: a wake-up of an idle CPU has no culprit. */
    boolean contended() {
      return culprit != null;
    }
  }

  /** What distinguishes moves. */
  record MoveKey(ThreadId thread, String cause, int cpu, int toCpu, boolean involuntary) {
    MoveKey(Move move) {
      this(move.thread(), move.cause(), move.cpu(), move.toCpu(), move.involuntary());
    }
  }

  /**
   * What comes with a rhythm: a task at its work, on a CPU. Not by its name: a thread may change
   * it, and Mission Control has the full one where the kernel has 15 bytes.
   */
  private record Struck(long tid, long pid, String work, int cpu) {
    Struck(Task task, int cpu) {
      this(task.tid(), task.pid(), task.work(), cpu);
    }

    boolean isOfProcess(Struck other) {
      return pid == other.pid && cpu == other.cpu && Objects.equals(work, other.work);
    }
  }

  final Tally<WaitKey, RunQueueWait> waits =
      new Tally<>(
          RunQueueWait::duration,
          wait -> new WaitKey(wait, culprit(wait)),
          wait -> new WaitKey(wait, wait.culprit() == null ? null : Task.OTHERS));

  /** What each task ran while threads waited: the time of a wait is shared out. */
  final Tally<WaitKey, Blame> blames =
      new Tally<>(
          Blame::held,
          blame -> new WaitKey(blame, blame.culprit()),
          blame -> new WaitKey(blame, Task.OTHERS));

  final Tally<MoveKey, Move> moves = new Tally<>(move -> 0, MoveKey::new, MoveKey::new);
  final Tally<ThreadId, RunQueueWait> slowWakeUps =
      new Tally<>(RunQueueWait::duration, RunQueueWait::thread, RunQueueWait::thread);
  private final Rhythms<Struck> rhythms = new Rhythms<>();
  private final Worst<RunQueueWait> worstWaits = longest();
  private final Worst<RunQueueWait> worstBehindAgents = longest();
  private final Worst<OffCpu> worstOffCpu = new Worst<>(WORST, OffCpu::duration);

  private long involuntarySwitches;

  private static Worst<RunQueueWait> longest() {
    return new Worst<>(WORST, RunQueueWait::duration);
  }

  private static Task culprit(RunQueueWait wait) {
    Task task = wait.culprit();
    if (task == null) {
      return wait.preempted() ? Task.UNKNOWN : null;
    }
    return task;
  }

  @Override
  public void add(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT -> {
        RunQueueWait wait = RunQueueWait.of(event);
        Blame.ofWait(wait).forEach(blames::add);
        add(wait);
      }
      case EventTypes.WAIT_SHARE -> Blame.of(event).forEach(blames::add);
      case EventTypes.CONTEXT_SWITCH -> {
        addOffCpu(event);
        boolean own = event.thread() == null || Culprits.isOwn(event.thread().name());
        involuntarySwitches += own || event.flag(EventFields.VOLUNTARY) ? 0 : 1;
      }
      case EventTypes.MIGRATION -> moves.add(Move.of(event));
      default -> {} // a type of a newer schema
    }
  }

  /** Takes an event that may be among the worst, but does not count. */
  @Override
  public void addExemplar(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT -> addWorst(RunQueueWait.of(event));
      case EventTypes.CONTEXT_SWITCH -> addOffCpu(event);
      default -> {} // has no duration, or is of a newer schema
    }
  }

  private void addOffCpu(KernelEvent event) {
    if (!event.flag(EventFields.VOLUNTARY)) {
      worstOffCpu.add(OffCpu.of(event));
    }
  }

  /** Involuntary switches of threads but the tool's own, as far as there are events of them. */
  long involuntarySwitches() {
    return involuntarySwitches;
  }

  private void add(RunQueueWait wait) {
    waits.add(wait);
    if (wait.culprit() != null) {
      // Until the culprit is gone: the end of a wait is the same for all who waited behind it.
      rhythms.add(new Struck(wait.culprit(), wait.cpu()), wait.start() + wait.duration());
    }
    if (wait.onIdleCpu() && wait.duration() >= SLOW_WAKE_UP_NS) {
      slowWakeUps.add(wait);
    }
    addWorst(wait);
  }

  // Apart, for whose they are turns out only when the capture is known: they shall not crowd out
  // the others.
  private void addWorst(RunQueueWait wait) {
    boolean named = wait.culprit() != null && Culprits.isOwn(wait.culprit().name());
    (named ? worstBehindAgents : worstWaits).add(wait);
  }

  /**
   * The rhythm in which a task took a CPU from the target; empty if it has none.
   *
   * @param alone whether it is one thread; else its process counts, all threads together
   */
  Optional<Rhythm> rhythm(Task culprit, int cpu, boolean alone) {
    Struck struck = new Struck(culprit, cpu);
    return rhythms.of(alone ? struck::equals : struck::isOfProcess);
  }

  /** The longest waits but for those behind the tool's own threads. */
  List<RunQueueWait> worstWaits(Culprits culprits) {
    Worst<RunQueueWait> worst = longest();
    Stream.of(worstWaits, worstBehindAgents)
        .flatMap(waits -> waits.descending().stream())
        .filter(wait -> !culprits.isOwn(wait.culprit()))
        .forEach(worst::add);
    return worst.descending();
  }

  List<OffCpu> worstOffCpu() {
    return worstOffCpu.descending();
  }
}
