package latencyscope.monitor;

import latencyscope.ledger.Cause;
import latencyscope.ledger.Phrase;
import latencyscope.recording.thread.ThreadId;

/**
 * One stretch in which a thread wanted to run and did not.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param ns length, nanoseconds
 * @param cause why
 * @param culprit who or what did it; null if nobody is known
 * @param detail more about it; null if there is no more
 * @param cpu CPU on which it happened; -1 if that is not known
 */
public record Stall(
    ThreadId thread, long start, long ns, Cause cause, String culprit, String detail, int cpu) {
  /** End, nanoseconds since the epoch. */
  public long end() {
    return start + ns;
  }

  /** What it was, with its culprit. */
  public String words() {
    return Phrase.brief(cause, culprit, cpu);
  }
}
