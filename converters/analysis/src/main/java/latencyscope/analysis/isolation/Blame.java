package latencyscope.analysis.isolation;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * What of one wait for a CPU is charged to one task: the time that it held the CPU meanwhile. The
 * blames of a wait never add up to more than the wait.
 *
 * @param thread the thread that waited
 * @param start begin of the wait, nanoseconds since the epoch
 * @param held how long the culprit ran during the wait, nanoseconds
 * @param waited length of the wait, nanoseconds
 * @param cpu CPU on which the thread ran in the end
 * @param preempted whether it had been running and lost its CPU; false if it had been woken
 * @param culprit who ran: a task, {@link Task#QUOTA}, {@link Task#OTHERS} or {@link Task#UNKNOWN}
 * @param priority the culprit's kernel priority: below 100 real time; -1 if there is none
 */
public record Blame(
    ThreadId thread,
    long start,
    long held,
    long waited,
    int cpu,
    boolean preempted,
    Task culprit,
    int priority)
    implements Timed {
  private static final int REAL_TIME = 100;

  // A gap of less than 1 % is clock error, or the switch itself.
  private static final double LITTLE = 0.01;

  /** What an event charges to whom: nobody where the CPU was idle. */
  public static List<Blame> of(KernelEvent event) {
    return switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT -> ofWait(RunQueueWait.of(event));
      case EventTypes.WAIT_SHARE -> ofShare(event);
      default -> List.of();
    };
  }

  private static List<Blame> ofShare(KernelEvent event) {
    Task culprit = Task.of(event, EventFields.CULPRIT_TASK);
    // One for each culprit and wait, with what it ran in all of its stretches.
    if (culprit == null || !event.flag(EventFields.LAST)) {
      return List.of();
    }
    return List.of(
        new Blame(
            event.thread(),
            event.start() - event.number(EventFields.OFFSET),
            event.number(EventFields.CULPRIT_HELD),
            event.number(EventFields.WAITED),
            event.cpu(),
            "preempted".equals(event.text(EventFields.KIND)),
            culprit,
            (int) event.number(EventFields.CULPRIT_PRIORITY)));
  }

  /** What a wait itself charges; its shares, if it has any, charge the rest. */
  static List<Blame> ofWait(RunQueueWait wait) {
    List<Blame> blames = new ArrayList<>();
    long throttled = Math.min(wait.duration(), wait.throttled());
    if (throttled > 0) {
      blames.add(part(wait, Task.QUOTA, throttled, -1));
    }
    long rest = wait.duration() - throttled;
    long known = Math.min(rest, wait.accounted());
    if (wait.shares() == 0 && wait.ran() != null) {
      long held = Math.min(rest, wait.ranFor());
      blames.add(part(wait, wait.ran(), held, wait.culpritPriority()));
      if (wait.tasksBetween() > 1 && known > held) {
        blames.add(part(wait, Task.OTHERS, known - held, -1));
      }
    }
    if (wait.ran() == null && wait.shares() == 0) {
      // No idle CPU preempts anybody: the log that was looked at is that of the CPU it came to.
      known = wait.preempted() ? 0 : rest;
    }
    if (rest - known > LITTLE * wait.duration()) {
      blames.add(part(wait, Task.UNKNOWN, rest - known, -1));
    }
    return blames;
  }

  private static Blame part(RunQueueWait wait, Task culprit, long held, int priority) {
    return new Blame(
        wait.thread(),
        wait.start(),
        held,
        wait.duration(),
        wait.cpu(),
        wait.preempted(),
        culprit,
        priority);
  }

  /** Whether the culprit is one that the kernel knows, and not what stands for several or none. */
  public boolean isNamed() {
    return culprit.tid() > 0 || culprit.pid() > 0;
  }

  boolean isByRealTimeTask() {
    return priority >= 0 && priority < REAL_TIME && isNamed();
  }
}
