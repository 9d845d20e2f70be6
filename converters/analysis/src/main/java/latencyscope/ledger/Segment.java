package latencyscope.ledger;

import latencyscope.recording.event.CodeStack;

/**
 * A stretch of a window with one cause.
 *
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch
 * @param cause why it passed
 * @param span what says so; null for a remainder
 * @param within what the thread was in meanwhile; null if that is not known
 * @param stack where in the program the thread was
 */
public record Segment(
    long start, long end, Cause cause, Span span, String within, CodeStack stack) {
  public long ns() {
    return end - start;
  }

  /** Whether the other one is the same, going on. */
  boolean continues(Segment before) {
    return before.end == start
        && before.cause == cause
        && (before.span == null ? span == null : before.span.equals(span))
        && (before.within == null ? within == null : before.within.equals(within))
        && before.stack == stack;
  }

  /** Who or what did it; null if nobody is known. */
  public String culprit() {
    return span == null ? null : span.culprit();
  }
}
