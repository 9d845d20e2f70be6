package latencyscope.analysis;

import java.util.Comparator;
import java.util.List;
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

  final Tally<WaitKey, RunQueueWait> waits =
      new Tally<>(
          RunQueueWait::duration,
          wait -> new WaitKey(wait, culprit(wait)),
          wait -> new WaitKey(wait, wait.culprit() == null ? null : Task.OTHERS));
  final Tally<MoveKey, Move> moves = new Tally<>(move -> 0, MoveKey::new, MoveKey::new);
  final Tally<ThreadId, RunQueueWait> slowWakeUps =
      new Tally<>(RunQueueWait::duration, RunQueueWait::thread, RunQueueWait::thread);
  private final Worst<RunQueueWait> worstWaits =
      new Worst<>(WORST, Comparator.comparingLong(RunQueueWait::duration));
  private final Worst<OffCpu> worstOffCpu =
      new Worst<>(WORST, Comparator.comparingLong(OffCpu::duration));

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
      case "ContextSwitch" -> {
        if (!event.flag("voluntary")) {
          worstOffCpu.add(OffCpu.of(event));
        }
      }
      case "Migration" -> moves.add(Move.of(event));
      default -> {} // a type of a newer schema
    }
  }

  private void add(RunQueueWait wait) {
    waits.add(wait);
    if (wait.onIdleCpu() && wait.duration() >= SLOW_WAKE_UP_NS) {
      slowWakeUps.add(wait);
    }
    if (wait.culprit() == null || !Culprits.isOwn(wait.culprit().name())) {
      worstWaits.add(wait);
    }
  }

  List<RunQueueWait> worstWaits() {
    return worstWaits.descending();
  }

  List<OffCpu> worstOffCpu() {
    return worstOffCpu.descending();
  }
}
