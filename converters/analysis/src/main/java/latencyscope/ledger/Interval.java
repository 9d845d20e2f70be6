package latencyscope.ledger;

/**
 * A stretch of time, nanoseconds since the epoch; empty if it does not end after its begin.
 *
 * @param start begin
 * @param end end
 */
public record Interval(long start, long end) {
  public static final Interval EMPTY = new Interval(0, 0);

  static final Interval ALWAYS = new Interval(Long.MIN_VALUE, Long.MAX_VALUE);

  Interval intersect(Interval other) {
    return new Interval(Math.max(start, other.start), Math.min(end, other.end));
  }

  /** How long it is; 0 or less if it is empty. */
  public long length() {
    return end - start;
  }

  boolean isEmpty() {
    return end <= start;
  }
}
