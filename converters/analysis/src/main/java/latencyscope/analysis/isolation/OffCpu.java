package latencyscope.analysis.isolation;

import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

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
record OffCpu(ThreadId thread, long start, long duration, int cpu, int returnCpu, Task next)
    implements Timed {
  static OffCpu of(KernelEvent event) {
    return new OffCpu(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        (int) event.number(EventFields.RETURN_CPU, -1),
        Task.of(event, EventFields.NEXT_TASK));
  }
}
