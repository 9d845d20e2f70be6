package latencyscope.analysis.isolation;

import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread was runnable and had no CPU.
 *
 * @param thread the thread that waited
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param cpu CPU on which it ran in the end
 * @param preempted whether it had been running and lost its CPU; false if it had been woken
 * @param culprit who held the CPU for most of the wait, or {@link Task#QUOTA}; null if the CPU was
 *     idle, or if that is not known
 * @param culpritPriority the culprit's kernel priority: below 100 real time
 * @param culpritHeld how long the culprit ran meanwhile, nanoseconds
 * @param accounted for how much of the wait, back from its end, it is known who ran, nanoseconds
 * @param tasksBetween how many tasks ran on that CPU meanwhile
 * @param priority the waiting thread's kernel priority
 * @param throttled how much of it its control group's quota took, nanoseconds; 0 if not known
 * @param ran the task that ran longest, also where the quota took most of the wait; null if the CPU
 *     was idle, or if that is not known
 * @param ranFor how long that task ran meanwhile, nanoseconds
 * @param shares how many {@code WaitShare} events there are of it
 */
record RunQueueWait(
    ThreadId thread,
    long start,
    long duration,
    int cpu,
    boolean preempted,
    Task culprit,
    int culpritPriority,
    long culpritHeld,
    long accounted,
    int tasksBetween,
    int priority,
    long throttled,
    Task ran,
    long ranFor,
    int shares)
    implements Timed {
  static RunQueueWait of(KernelEvent event) {
    return new RunQueueWait(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        "preempted".equals(event.text(EventFields.KIND)),
        culprit(event),
        (int) event.number(EventFields.CULPRIT_PRIORITY),
        isThrottled(event)
            ? event.number(EventFields.THROTTLED)
            : event.number(EventFields.CULPRIT_HELD),
        event.number(EventFields.ACCOUNTED),
        (int) event.number(EventFields.TASKS_BETWEEN),
        (int) event.number(EventFields.PRIORITY),
        Math.max(0, event.number(EventFields.THROTTLED)),
        Task.of(event, EventFields.CULPRIT_TASK),
        event.number(EventFields.CULPRIT_HELD),
        (int) event.number(EventFields.SHARES));
  }

  /**
   * Whether it was kept from a CPU by its quota for most of the wait, whichever task ran meanwhile.
   */
  private static boolean isThrottled(KernelEvent event) {
    return event.number(EventFields.THROTTLED) > event.duration() / 2;
  }

  private static Task culprit(KernelEvent event) {
    return isThrottled(event) ? Task.QUOTA : Task.of(event, EventFields.CULPRIT_TASK);
  }

  /**
   * Whether the CPU was idle for most of the wait. Before the log of runs reaches back far enough,
   * at the begin of a capture, nobody is known to have held the CPU, not even the idle task.
   */
  boolean onIdleCpu() {
    return culprit == null && !preempted && culpritHeld > 0;
  }

  String kind() {
    return preempted ? "preempted" : "wakeup";
  }
}
