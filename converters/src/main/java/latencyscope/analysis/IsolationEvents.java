package latencyscope.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * Adds up the isolation module's events while they are read. Not safe for use by several threads.
 */
final class IsolationEvents {
  private static final int WORST = 20;

  /**
   * From here on the wake-up of an idle CPU is slow: more than interrupt and idle exit take on a
   * machine that is set up for it, and what the production profile keeps as single events.
   */
  static final long SLOW_WAKE_UP_NS = 10_000;

  private static final Task UNKNOWN = new Task("an unknown task", 0, 0, null);

  /**
   * What tells waits apart.
   *
   * @param culprit who held the CPU; null if it was idle
   */
  record WaitKey(ThreadId thread, Task culprit, int cpu, boolean preempted) {
    WaitKey(RunQueueWait wait, Task culprit) {
      this(wait.thread(), culprit, wait.cpu(), wait.preempted());
    }

    /** Whether another task stood in the way: a wake-up of an idle CPU is nobody's fault. */
    boolean contended() {
      return culprit != null;
    }
  }

  /** What tells moves apart. */
  record MoveKey(ThreadId thread, String cause, int cpu, int toCpu, boolean involuntary) {
    MoveKey(Move move) {
      this(move.thread(), move.cause(), move.cpu(), move.toCpu(), move.involuntary());
    }
  }

  /** What comes with a rhythm: a process, or a kernel thread at its work, on a CPU. */
  private record Struck(String name, long pid, String work, int cpu) {
    Struck(Task task, int cpu) {
      this(task.name(), task.pid(), task.work(), cpu);
    }
  }

  final Tally<WaitKey, RunQueueWait> waits =
      new Tally<>(
          RunQueueWait::duration,
          wait -> new WaitKey(wait, culprit(wait)),
          wait -> new WaitKey(wait, wait.culprit() == null ? null : Task.OTHERS));
  final Tally<MoveKey, Move> moves = new Tally<>(move -> 0, MoveKey::new, MoveKey::new);
  final Tally<ThreadId, RunQueueWait> slowWakeUps =
      new Tally<>(RunQueueWait::duration, RunQueueWait::thread, RunQueueWait::thread);
  private final Rhythms<Struck> rhythms = new Rhythms<>();
  private final Worst<RunQueueWait> worstWaits = longest();
  private final Worst<RunQueueWait> worstBehindAgents = longest();
  private final Worst<OffCpu> worstOffCpu =
      new Worst<>(WORST, Comparator.comparingLong(OffCpu::duration));

  private static Worst<RunQueueWait> longest() {
    return new Worst<>(WORST, Comparator.comparingLong(RunQueueWait::duration));
  }

  private static Task culprit(RunQueueWait wait) {
    Task task = wait.culprit();
    if (task == null) {
      return wait.preempted() ? UNKNOWN : null;
    }
    return task;
  }

  void add(KernelEvent event) {
    switch (event.type()) {
      case "RunQueueWait" -> add(RunQueueWait.of(event));
      case "ContextSwitch" -> addOffCpu(event);
      case "Migration" -> moves.add(Move.of(event));
      default -> {} // a type of a newer schema
    }
  }

  /** Takes an event that may be among the worst, but does not count. */
  void addExemplar(KernelEvent event) {
    switch (event.type()) {
      case "RunQueueWait" -> addWorst(RunQueueWait.of(event));
      case "ContextSwitch" -> addOffCpu(event);
      default -> {} // has no duration, or is of a newer schema
    }
  }

  private void addOffCpu(KernelEvent event) {
    if (!event.flag("voluntary")) {
      worstOffCpu.add(OffCpu.of(event));
    }
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

  /** The rhythm in which a task took a CPU from the target; empty if it has none. */
  Optional<Rhythm> rhythm(Task culprit, int cpu) {
    return rhythms.of(new Struck(culprit, cpu));
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
