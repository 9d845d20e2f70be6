package latencyscope.recording;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.zip.DataFormatException;
import org.HdrHistogram.PackedHistogram;

/**
 * Every occurrence of a measure: exact count, sum and maximum, and percentiles to 3 significant
 * digits. Nanoseconds throughout.
 *
 * <p>Immutable. Takes a few kilobytes, since the counts are kept packed: a capture may have
 * thousands of threads.
 */
public final class Distribution {
  /** Without an occurrence. */
  public static final Distribution EMPTY = new Distribution(0, 0, 0, 0, newHistogram());

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
  private final PackedHistogram bins;

  private Distribution(long count, long total, long max, long unbinned, PackedHistogram bins) {
    this.count = count;
    this.total = total;
    this.max = max;
    this.unbinned = unbinned;
    this.bins = bins;
  }

  private static PackedHistogram newHistogram() {
    return new PackedHistogram(DIGITS);
  }

  /**
   * Decodes one interval.
   *
   * @throws IllegalArgumentException if the encoded histogram cannot be decoded
   */
  static Distribution of(HistogramSlice slice) {
    PackedHistogram bins = newHistogram();
    if (slice.encoded() != null && !slice.encoded().isEmpty()) {
      bins.add(decode(slice.encoded()));
    }
    return new Distribution(slice.count(), slice.total(), slice.max(), slice.unbinned(), bins);
  }

  /** What is left of an interval whose histogram cannot be decoded: all but its percentiles. */
  static Distribution withoutBins(HistogramSlice slice) {
    return new Distribution(
        slice.count(), slice.total(), slice.max(), slice.count(), newHistogram());
  }

  private static PackedHistogram decode(String encoded) {
    try {
      byte[] bytes = Base64.getDecoder().decode(encoded);
      return PackedHistogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    } catch (DataFormatException | RuntimeException e) {
      // The library meets a malformed buffer with whatever exception comes first.
      throw new IllegalArgumentException("not a compressed HdrHistogram: " + e.getMessage(), e);
    }
  }

  /** The occurrences of both, as of two threads or of two intervals. */
  public Distribution plus(Distribution other) {
    PackedHistogram sum = newHistogram();
    sum.add(bins);
    sum.add(other.bins);
    return new Distribution(
        count + other.count,
        total + other.total,
        Math.max(max, other.max),
        unbinned + other.unbinned,
        sum);
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
   * @return empty if there are too few occurrences to tell; see {@link #needed}
   */
  public OptionalLong percentile(double percent) {
    if (bins.getTotalCount() < needed(percent)) {
      return OptionalLong.empty();
    }
    // A bin's upper edge may lie above the exact maximum.
    return OptionalLong.of(Math.min(bins.getValueAtPercentile(percent), max));
  }

  /** Occurrences it takes to tell a percentile: {@link #EXPECTED_BEYOND} ÷ (1 − p). */
  public static long needed(double percent) {
    // Without the rounding, binary fractions would make it 300,001 for 99.999.
    return (long) Math.ceil(Math.round(EXPECTED_BEYOND / (100 - percent) * 100 * 1e3) / 1e3);
  }
}
