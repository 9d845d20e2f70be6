package latencyscope.analysis.remedy;

import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread was moved to another CPU.
 *
 * @param thread the thread
 * @param start when, nanoseconds since the epoch
 * @param cpu CPU that it left
 * @param toCpu CPU to which it was moved
 * @param cause wake, balance, affinity, numa or exec
 * @param by task in whose context the move was made; null if not known
 */
public record Move(ThreadId thread, long start, int cpu, int toCpu, String cause, Task by)
    implements Timed {
  public static Move of(KernelEvent event) {
    return new Move(
        event.thread(),
        event.start(),
        event.cpu(),
        (int) event.number(EventFields.TO_CPU, -1),
        String.valueOf(event.text(EventFields.CAUSE)),
        Task.of(event, EventFields.BY_TASK));
  }

  /** Whether the scheduler or somebody else moved it, not the thread's own wakeup or exec. */
  public boolean involuntary() {
    return switch (cause) {
      case "balance", "numa" -> true;
      case "affinity" -> by == null || by.tid() != thread.osTid();
      default -> false;
    };
  }
}
