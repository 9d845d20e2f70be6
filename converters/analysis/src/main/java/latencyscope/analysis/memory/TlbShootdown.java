package latencyscope.analysis.memory;

import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread's CPU was interrupted because another one had changed a mapping.
 *
 * @param thread the thread that was interrupted
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param cpu its CPU
 * @param sender who had changed the mapping; null if it is not known
 */
record TlbShootdown(ThreadId thread, long start, long duration, int cpu, Task sender)
    implements Timed {
  static TlbShootdown of(KernelEvent event) {
    return new TlbShootdown(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        Task.of(event, EventFields.SENDER_TASK));
  }
}
