package latencyscope.contract.check;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import latencyscope.recording.event.Distribution;
import org.HdrHistogram.Histogram;

/**
 * Adds up occurrences one by one, with the resolution of the kernel's own histograms. Not safe for
 * use by several threads.
 */
final class LengthCounter {
  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(DIGITS);
  private long total;
  private long max;

  /** Adds an occurrence of a length, nanoseconds. */
  void add(long ns) {
    histogram.recordValue(Math.max(0, ns));
    total += ns;
    max = Math.max(max, ns);
  }

  /** Adds all occurrences of another one. */
  void add(LengthCounter other) {
    histogram.add(other.histogram);
    total += other.total;
    max = Math.max(max, other.max);
  }

  /** How many there are. */
  long count() {
    return histogram.getTotalCount();
  }

  /** All of them. */
  Distribution distribution() {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoByteBuffer(buffer);
    String encoded = Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    return Distribution.decoded(count(), total, max, 0, encoded);
  }
}
