package demo.measure;

/**
 * Counts non-negative longs in log-linear buckets, exact to one part in 1,024.
 *
 * <p>Values below 2,048 have a bucket each; above, every power of two is cut into 1,024 equal
 * buckets, as in HdrHistogram. Recording costs a shift and an increment; the footprint is 440 KiB
 * whatever is recorded. Written by one thread, read after that thread was joined.
 */
public final class Histogram {
  /** Samples that must lie beyond a percentile before it is more than an anecdote. */
  public static final int SAMPLES_BEYOND = 10;

  private static final int LINEAR_BITS = 11;
  private static final int HALF = 1 << (LINEAR_BITS - 1);
  private static final int BUCKETS = index(Long.MAX_VALUE) + 1;

  private final long[] counts = new long[BUCKETS];
  private long count;
  private long max;

  /**
   * Counts one value.
   *
   * @throws ArrayIndexOutOfBoundsException if it is negative
   */
  public void record(long value) {
    counts[index(value)]++;
    count++;
    max = Math.max(max, value);
  }

  /** How many values were recorded. */
  public long count() {
    return count;
  }

  /** The largest value recorded, exactly; 0 if there is none. */
  public long max() {
    return max;
  }

  /** Whether at least {@link #SAMPLES_BEYOND} values are expected beyond this percentile. */
  public boolean resolves(double percentile) {
    // The addend absorbs the rounding of 100 - 99.99, which would cost a whole sample.
    return count * (100 - percentile) / 100 + 1e-6 >= SAMPLES_BEYOND;
  }

  /**
   * The value that at least {@code percentile} per cent of the values do not exceed.
   *
   * @param percentile above 0, at most 100
   * @return the upper end of its bucket, never above {@link #max}; 0 if nothing was recorded
   * @throws IllegalArgumentException if the percentile is out of range
   */
  public long percentile(double percentile) {
    if (!(percentile > 0 && percentile <= 100)) {
      throw new IllegalArgumentException("percentile " + percentile + " is not in (0, 100]");
    }
    long rank = Math.max(1, (long) Math.ceil(percentile / 100 * count - 1e-6));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Math.min(max, upperEnd(i));
      }
    }
    return max;
  }

  private static int index(long value) {
    int shift = Math.max(0, Long.SIZE - LINEAR_BITS - Long.numberOfLeadingZeros(value));
    return HALF * shift + (int) (value >>> shift);
  }

  private static long upperEnd(int index) {
    int shift = Math.max(0, index / HALF - 1);
    long first = (long) (index - HALF * shift) << shift;
    return first + (1L << shift) - 1;
  }
}
