package latencyscope.ledger;

import java.util.Comparator;

/**
 * A stretch of a thread's time of which something is known.
 *
 * @param cause why it passed; null if this is only where the thread was meanwhile, by the JVM's
 *     account, which names what a thread blocks in and explains nothing by itself
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch
 * @param culprit who or what did it; null if nobody is known
 * @param detail more about it, as the end of a sentence; null if there is no more
 * @param cpu CPU on which it happened; -1 if that is not known
 * @param rank of two spans with the same cause the one that knows more is taken: the higher one
 */
record Span(Cause cause, long start, long end, String culprit, String detail, int cpu, int rank) {
  /**
   * Which of two that hold at one moment is charged: the smaller. Total up to equality, so that the
   * order in which events were read does not matter.
   */
  static final Comparator<Span> PRECEDENCE =
      Comparator.comparing(Span::cause)
          .thenComparing(Comparator.comparingInt(Span::rank).reversed())
          .thenComparing(Comparator.comparingLong(Span::start).reversed())
          .thenComparingLong(Span::end)
          .thenComparing(Span::culprit, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(Span::detail, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparingInt(Span::cpu);

  /** Which of two contexts is the inner one: the smaller. */
  static final Comparator<Span> INNERMOST =
      Comparator.comparingLong(Span::start)
          .reversed()
          .thenComparingLong(Span::end)
          .thenComparing(Span::culprit, Comparator.nullsLast(Comparator.naturalOrder()));

  static Span of(Cause cause, long start, long end, String culprit, String detail, int cpu) {
    return new Span(cause, start, end, culprit, detail, cpu, 0);
  }

  /** Only what of it lies within a time; it may be empty then. */
  Span cut(long from, long to) {
    return new Span(cause, Math.max(start, from), Math.min(end, to), culprit, detail, cpu, rank);
  }

  /** What the JVM says that the thread did meanwhile. */
  static Span java(long start, long end, String what) {
    return new Span(null, start, end, what, null, -1, 0);
  }
}
