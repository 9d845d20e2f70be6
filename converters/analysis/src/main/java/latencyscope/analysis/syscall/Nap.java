package latencyscope.analysis.syscall;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread slept because it wanted to.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param asked how long it wanted to sleep, nanoseconds; negative if that is not known
 * @param cpu CPU on which it went to sleep
 * @param call {@code Thread.sleep}, or the name of the system call
 * @param stack where in the program
 */
record Nap(
    ThreadId thread, long start, long duration, long asked, int cpu, String call, CodeStack stack)
    implements Timed {
  static Nap of(KernelEvent event) {
    return new Nap(
        event.thread(),
        event.start(),
        event.duration(),
        event.number(EventFields.ASKED, -1),
        event.cpu(),
        event.text(EventFields.CALL),
        event.stack());
  }

  /**
   * HotSpot's way of sleeping is a futex that nobody wakes; where that ends a little early,
   * another.
   *
   * @param first the first of those waits
   * @param java the sleep as a whole
   */
  static Nap of(FutexWait first, JavaWait java) {
    return new Nap(
        first.thread(),
        java.start(),
        java.end() - java.start(),
        java.asked() > 0 ? java.asked() : first.asked(),
        first.cpu(),
        WaitReason.SLEEP.label(),
        java.stack().or(first.stack()));
  }

  /** How much longer it slept, nanoseconds; 0 if that is not known. */
  long overslept() {
    return asked < 0 ? 0 : Math.max(0, duration - asked);
  }
}
