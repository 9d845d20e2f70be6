package latencyscope.trace;

import java.io.IOException;
import latencyscope.trace.Absence.Kind;

/**
 * Makes out of a thread's stays off its CPU when and where it ran. Takes them thread by thread, in
 * the order of time. Not safe for use by several threads.
 *
 * <p>A thread is shown as running from one stay to the next where nothing is missing in between.
 * Elsewhere it is shown for no time where it came in and left, so that each of its states is as
 * long as it was recorded.
 */
final class ThreadStays {
  // Both ends are separate times, each converted from ticks.
  private static final long SAME_MOMENT_NS = 1_000;

  private static final int NOT_KNOWN = -1;

  private final Evidence evidence;
  private final ExternalSorter.Sink<SchedPoint> out;
  private Absence before;
  private Absence last;

  /**
   * @param out takes what is known of CPUs
   */
  ThreadStays(Evidence evidence, ExternalSorter.Sink<SchedPoint> out) {
    this.evidence = evidence;
    this.out = out;
  }

  /** Takes the next stay. */
  void accept(Absence next) throws IOException {
    if (last != null && isSameThread(last, next) && next.left() < last.back()) {
      last = better(last, next);
      return;
    }
    flush();
    last = next;
  }

  /** Ends the last thread. */
  void finish() throws IOException {
    flush();
    end();
  }

  // The wait at the end of a stay is a separate event, and so may one of the longest be.
  private static Absence better(Absence first, Absence second) {
    boolean same = Math.abs(first.back() - second.back()) <= SAME_MOMENT_NS;
    return same && first.kind() != Kind.SWITCH && second.kind() == Kind.SWITCH ? second : first;
  }

  private static boolean isSameThread(Absence a, Absence b) {
    return a.task() == b.task() && a.life() == b.life();
  }

  private void flush() throws IOException {
    if (last == null) {
      return;
    }
    if (before != null && !isSameThread(before, last)) {
      end();
    }
    if (before != null && ranUntil(last)) {
      ran(before.back(), last.left(), last);
    } else {
      end();
      if (last.kind() != Kind.WAKEUP) {
        ran(last.left(), last.left(), last);
      }
    }
    if (last.isWoken() && last.runnable() > 0) {
      woken(last);
    }
    before = last;
    last = null;
  }

  private boolean ranUntil(Absence next) {
    return next.kind() != Kind.WAKEUP
        && before.returnCpu() == next.cpu()
        && evidence.ran(next.task(), next.life(), next.cpu(), before.back(), next.left());
  }

  private void ran(long from, long to, Absence until) throws IOException {
    out.accept(
        new SchedPoint(
            from, to, until.cpu(), SchedPoint.Kind.RAN, until.task(), until.next(), until.state()));
  }

  // It came in, and what it did then is not known.
  private void end() throws IOException {
    if (before != null) {
      out.accept(
          new SchedPoint(
              before.back(),
              before.back(),
              before.returnCpu(),
              SchedPoint.Kind.RAN,
              before.task(),
              NOT_KNOWN,
              TaskState.NOT_RECORDED));
      before = null;
    }
  }

  // On the CPU that it had left, where its leaving is, of which it must not come ahead.
  private void woken(Absence stay) throws IOException {
    long time = stay.back() - stay.runnable();
    out.accept(
        new SchedPoint(
            time,
            time,
            stay.cpu(),
            SchedPoint.Kind.WOKEN,
            stay.task(),
            stay.waker().task(),
            SchedPoint.wakeup(stay.waker().flags(), stay.returnCpu())));
  }
}
