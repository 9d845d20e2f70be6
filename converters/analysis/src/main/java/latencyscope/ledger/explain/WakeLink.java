package latencyscope.ledger.explain;

import latencyscope.recording.thread.ThreadId;

/**
 * One thread was woken by another.
 *
 * @param thread the thread that was blocked
 * @param waker who woke it
 * @param at when, nanoseconds since the epoch
 * @param blocked how long it had been blocked, nanoseconds
 * @param waited how long it then waited for a CPU, nanoseconds
 * @param isEither whether it is not known if an interrupt or a task was the waker, which then names
 *     both
 */
public record WakeLink(
    ThreadId thread, String waker, long at, long blocked, long waited, boolean isEither) {
  /** One whose waker is known. */
  public WakeLink(ThreadId thread, String waker, long at, long blocked, long waited) {
    this(thread, waker, at, blocked, waited, false);
  }
}
