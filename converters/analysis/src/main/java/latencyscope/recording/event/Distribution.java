package latencyscope.recording.event;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * Every occurrence of a measure: exact count, sum and maximum, and percentiles to 3 significant
 * digits. Nanoseconds throughout.
 *
 * <p>Immutable. Keeps only the bins that are not empty, in ascending order, so that memory and the
 * time to add two do not depend on the range of values: a capture may have thousands of threads.
 */
public final class Distribution {
  /** Without an occurrence. */
  public static final Distribution EMPTY = new Distribution(0, 0, 0, 0, new long[0], new long[0]);

  /**
   * How many occurrences are to be expected beyond a percentile before it is given. With 3, the
   * chance that not one occurrence lay beyond the true percentile, so that the figure is too low
   * whatever it is, is e<sup>-3</sup> or 5 %.
   */
  public static final int EXPECTED_BEYOND = 3;

  private static final int DIGITS = 3;

  private final long count;
  private final long total;
  private final long max;
  private final long unbinned;
  private final long[] bins; // the greatest value of each
  private final long[] counts;

  private Distribution(
      long count, long total, long max, long unbinned, long[] bins, long[] counts) {
    this.count = count;
    this.total = total;
    this.max = max;
    this.unbinned = unbinned;
    this.bins = bins;
    this.counts = counts;
  }

  /**
   * Decodes one interval.
   *
   * @throws IllegalArgumentException if the encoded histogram cannot be decoded
   */
  public static Distribution of(HistogramSlice slice) {
    boolean empty = slice.encoded() == null || slice.encoded().isEmpty();
    return of(slice, empty ? new Histogram(DIGITS) : decode(slice.encoded()));
  }

  private static Distribution of(HistogramSlice slice, Histogram histogram) {
    long[] bins = new long[16];
    long[] counts = new long[16];
    int used = 0;
    for (HistogramIterationValue bin : histogram.recordedValues()) {
      if (used == bins.length) {
        bins = Arrays.copyOf(bins, used * 2);
        counts = Arrays.copyOf(counts, used * 2);
      }
      bins[used] = bin.getValueIteratedTo();
      counts[used++] = bin.getCountAtValueIteratedTo();
    }
    return new Distribution(
        slice.count(),
        slice.total(),
        slice.max(),
        slice.unbinned(),
        Arrays.copyOf(bins, used),
        Arrays.copyOf(counts, used));
  }

  /**
   * Takes what {@link #encoded} gave.
   *
   * @throws IllegalArgumentException if it cannot be decoded
   */
  public static Distribution decoded(
      long count, long total, long max, long unbinned, String encoded) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
      return of(
          new HistogramSlice(count, total, max, unbinned, null),
          Histogram.decodeFromByteBuffer(bytes, 0));
    } catch (RuntimeException e) {
      // The library meets a malformed buffer with whatever exception comes first.
      throw new IllegalArgumentException("not an HdrHistogram: " + e.getMessage(), e);
    }
  }

  /**
   * The bins as an HdrHistogram in Base64. Not compressed, unlike in recordings: the bytes that a
   * compressor makes differ between machines, and reports are compared.
   */
  public String encoded() {
    Histogram histogram = new Histogram(DIGITS);
    histogram.setAutoResize(true);
    for (int i = 0; i < bins.length; i++) {
      histogram.recordValueWithCount(bins[i], counts[i]);
    }
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  /** What is left of an interval whose histogram cannot be decoded: all but its percentiles. */
  public static Distribution withoutBins(HistogramSlice slice) {
    return new Distribution(
        slice.count(), slice.total(), slice.max(), slice.count(), EMPTY.bins, EMPTY.counts);
  }

  private static Histogram decode(String encoded) {
    try {
      byte[] bytes = Base64.getDecoder().decode(encoded);
      return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    } catch (DataFormatException | RuntimeException e) {
      // The library meets a malformed buffer with whatever exception comes first.
      throw new IllegalArgumentException("not a compressed HdrHistogram: " + e.getMessage(), e);
    }
  }

  /** The occurrences of both, as of two threads or of two intervals. */
  public Distribution plus(Distribution other) {
    long[] sumBins = new long[bins.length + other.bins.length];
    long[] sumCounts = new long[sumBins.length];
    int used = 0;
    int mine = 0;
    int theirs = 0;
    while (mine < bins.length || theirs < other.bins.length) {
      long bin =
          Math.min(
              mine < bins.length ? bins[mine] : Long.MAX_VALUE,
              theirs < other.bins.length ? other.bins[theirs] : Long.MAX_VALUE);
      sumBins[used] = bin;
      if (mine < bins.length && bins[mine] == bin) {
        sumCounts[used] += counts[mine++];
      }
      if (theirs < other.bins.length && other.bins[theirs] == bin) {
        sumCounts[used] += other.counts[theirs++];
      }
      used++;
    }
    return new Distribution(
        count + other.count,
        total + other.total,
        Math.max(max, other.max),
        unbinned + other.unbinned,
        Arrays.copyOf(sumBins, used),
        Arrays.copyOf(sumCounts, used));
  }

  /** Takes the values of a distribution. */
  @FunctionalInterface
  public interface Bins {
    /**
     * Takes one bin that is not empty.
     *
     * @param value its greatest value, nanoseconds
     * @param count its occurrences
     */
    void accept(long value, long count);
  }

  /** Hands over the bins that are not empty, in ascending order. */
  public void forEachBin(Bins consumer) {
    for (int i = 0; i < bins.length; i++) {
      consumer.accept(bins[i], counts[i]);
    }
  }

  /** Number of occurrences on which percentiles rest. */
  public long binned() {
    return Arrays.stream(counts).sum();
  }

  /** Number of them that are greater than a value; exact to the width of a bin. */
  public long beyond(long value) {
    long beyond = 0;
    for (int i = bins.length - 1; i >= 0 && bins[i] > value; i--) {
      beyond += counts[i];
    }
    return beyond;
  }

  /** Number of occurrences. */
  public long count() {
    return count;
  }

  /** Sum of all values. */
  public long total() {
    return total;
  }

  /** Largest value; 0 if there was no occurrence. */
  public long max() {
    return max;
  }

  /** Occurrences that were counted, but on which percentiles do not rest. */
  public long unbinned() {
    return unbinned;
  }

  /**
   * The value that a share of the occurrences does not exceed.
   *
   * @param percent such as 99.9
   * @return empty if there are too few occurrences; see {@link #needed}
   */
  public OptionalLong percentile(double percent) {
    return binned() < needed(percent) ? OptionalLong.empty() : nearestRank(percent);
  }

  /**
   * The least of the measured values that a share of the occurrences does not exceed: of few, that
   * is the maximum.
   *
   * @param percent such as 99.9
   * @return empty if there is no occurrence with a bin
   */
  public OptionalLong nearestRank(double percent) {
    // As HdrHistogram has it: a hair below, so that rounding does not ask for one too many.
    return ofRank((long) Math.ceil(Math.nextDown(percent) * binned() / 100));
  }

  /**
   * A value that the true percentile p does not exceed, with a confidence: that of the first rank r
   * with P(Binomial(n, p) &lt; r) &ge; confidence, where n is {@link #binned}. It holds for any
   * distribution if occurrences are independent. Occurrences in bursts are not, and the bound is
   * too low for them.
   *
   * @param percent such as 99.9
   * @param confidence such as 0.95
   * @return empty if there are too few occurrences; see {@link #neededForBound}
   */
  public OptionalLong upperBound(double percent, double confidence) {
    long binned = binned();
    if (binned < neededForBound(percent, confidence)) {
      return OptionalLong.empty();
    }
    long low = 1;
    long high = binned;
    while (low < high) {
      long rank = (low + high) >>> 1;
      if (RegularizedBeta.complement(percent / 100, rank, binned - rank + 1.0) >= confidence) {
        high = rank;
      } else {
        low = rank + 1;
      }
    }
    return ofRank(low);
  }

  /** The value of an occurrence by its place among all, from 1 on. */
  private OptionalLong ofRank(long rank) {
    if (bins.length == 0) {
      return OptionalLong.empty();
    }
    int bin = 0;
    for (long below = counts[0]; below < rank && bin < bins.length - 1; ) {
      below += counts[++bin];
    }
    // A bin's upper edge may lie above the exact maximum.
    return OptionalLong.of(Math.min(bins[bin], max));
  }

  /** The highest percentile that so many occurrences resolve; see {@link #needed}. */
  public static double resolved(long occurrences) {
    double beyond = 100.0 * EXPECTED_BEYOND / Math.max(EXPECTED_BEYOND, occurrences);
    // Rounded up, to five digits: more than can be resolved is not claimed.
    return 100 - Math.ceil(beyond * 1e5) / 1e5;
  }

  /** Occurrences that an upper bound of a percentile takes: one of them has to lie beyond it. */
  public static long neededForBound(double percent, double confidence) {
    return (long) Math.ceil(Math.log(1 - confidence) / Math.log(percent / 100));
  }

  /** Occurrences needed for a percentile: {@link #EXPECTED_BEYOND} ÷ (1 − p). */
  public static long needed(double percent) {
    // Without the rounding, binary fractions would make it 300,001 for 99.999.
    return (long) Math.ceil(Math.round(EXPECTED_BEYOND / (100 - percent) * 100 * 1e3) / 1e3);
  }
}
