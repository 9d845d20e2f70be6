package latencyscope.analysis;

import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

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
    int priority)
    implements Timed {
  static RunQueueWait of(KernelEvent event) {
    return new RunQueueWait(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        "preempted".equals(event.text("kind")),
        culprit(event),
        (int) event.number("culpritPriority"),
        isThrottled(event) ? event.number("throttled") : event.number("culpritHeld"),
        event.number("accounted"),
        (int) event.number("tasksBetween"),
        (int) event.number("priority"));
  }

  /** Whether it was kept from a CPU by its quota for most of the wait, whoever ran meanwhile. */
  private static boolean isThrottled(KernelEvent event) {
    return event.number("throttled") > event.duration() / 2;
  }

  private static Task culprit(KernelEvent event) {
    if (isThrottled(event)) {
      return Task.QUOTA;
    }
    String name = event.text("culprit");
    return name == null
        ? null
        : new Task(
            name,
            event.number("culpritTid"),
            event.number("culpritPid"),
            event.text("culpritWork"));
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
