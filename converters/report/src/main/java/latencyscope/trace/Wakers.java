package latencyscope.trace;

import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.trace.Absence.Waker;

/** Who woke a thread: a task or an interrupt, which is not the task that it interrupted. */
final class Wakers {
  // include/linux/trace_events.h (Linux 6.18), enum trace_flag_type.
  private static final int HARDIRQ = 0x08;
  private static final int SOFTIRQ = 0x10;
  private static final int NMI = 0x40;

  private Wakers() {}

  /** Whether a task is known to have woken the thread, and not an interrupt while it ran. */
  static boolean isTask(KernelEvent event) {
    return "task".equals(event.text(EventFields.WAKER_CONTEXT))
        && event.number(EventFields.WAKER_TID) > 0;
  }

  /** What woke the thread of a stay off its CPU. */
  static Waker of(KernelEvent event) {
    // Recordings before 0.3 do not have the context: the running task may have been interrupted.
    return switch (String.valueOf(event.text(EventFields.WAKER_CONTEXT))) {
      case "task" -> new Waker((int) event.number(EventFields.WAKER_TID), 0);
      case "softirq" -> new Waker(0, SOFTIRQ);
      case "hardirq" -> new Waker(0, HARDIRQ);
      case "nmi" -> new Waker(0, NMI | HARDIRQ);
      default -> Waker.UNKNOWN;
    };
  }
}
