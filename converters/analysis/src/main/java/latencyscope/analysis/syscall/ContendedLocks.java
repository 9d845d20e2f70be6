package latencyscope.analysis.syscall;

import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Picks the waits for locks that other threads held out of all futex waits. Not safe for use by
 * several threads.
 */
public final class ContendedLocks extends FutexConsumer {
  private final Sink sink;

  /** Takes contended waits. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes one wait.
     *
     * @param culprit who gave the lock up; null if that is not known
     * @param blockedNs how long the thread could not run, nanoseconds
     */
    void accept(ThreadId thread, String culprit, long blockedNs);
  }

  /** Creates one that has seen nothing. */
  public ContendedLocks(Sink sink) {
    this.sink = sink;
  }

  @Override
  void settled(FutexWait wait) {
    if (wait.reason().isContended()) {
      String culprit = wait.waker() == null ? null : wait.waker().name();
      sink.accept(wait.thread(), culprit, wait.blockedNs());
    }
  }

  @Override
  public void accept(KernelEvent event) {
    if (event.type().equals(EventTypes.FUTEX_WAIT) && event.thread() != null) {
      add(FutexWait.of(event));
    }
  }
}
