package latencyscope.analysis;

import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * A thread was taken off its CPU against its will, until it was back on one.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param cpu CPU that it left
 * @param returnCpu CPU on which it came back
 * @param next who came in; null if the CPU went idle
 */
record OffCpu(ThreadId thread, long start, long duration, int cpu, int returnCpu, Task next) {
  static OffCpu of(KernelEvent event) {
    String next = event.text("next");
    return new OffCpu(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        (int) event.number("returnCpu", -1),
        next == null
            ? null
            : new Task(next, event.number("nextTid"), event.number("nextPid"), null));
  }
}
