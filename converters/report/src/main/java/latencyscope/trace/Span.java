package latencyscope.trace;

import java.util.Comparator;

/**
 * A slice of a thread without its contents.
 *
 * @param thread number of the thread
 * @param type number of its type
 * @param start begin, nanoseconds since the epoch
 * @param end end, nanoseconds since the epoch
 * @param place how many slices on rows of threads come before it; -1 if it is not on one
 * @param cause number of what it is in particular, negative if it explains nothing
 * @param preemptor number of the task that took the CPU away, negative if none did
 */
record Span(int thread, int type, long start, long end, int place, int cause, int preemptor) {
  private static final int NUMBERS = 5;

  /** By thread, what contains others before them. */
  static final ExternalSorter.Form<Span> BY_THREAD =
      new ExternalSorter.Form<>(
          NUMBERS,
          Comparator.comparingInt(Span::thread)
              .thenComparingLong(Span::start)
              .thenComparing(Comparator.comparingLong(Span::end).reversed())
              .thenComparingInt(Span::place),
          Span::pack,
          Span::unpack);

  /** Whether another one lies in it, or beside it. */
  boolean nests(Span other) {
    return other.start >= end || other.end <= end;
  }

  private long[] pack() {
    return new long[] {Pair.of(thread, type), start, end, place, Pair.of(cause, preemptor)};
  }

  private static Span unpack(long[] packed) {
    return new Span(
        Pair.high(packed[0]),
        Pair.low(packed[0]),
        packed[1],
        packed[2],
        (int) packed[3],
        Pair.high(packed[4]),
        Pair.low(packed[4]));
  }
}
