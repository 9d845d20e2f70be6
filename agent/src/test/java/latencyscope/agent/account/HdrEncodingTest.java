package latencyscope.agent.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

/** Our encoder against HdrHistogram's own decoder. */
class HdrEncodingTest {
  private static final int COUNTERS = 31_744;

  private final HdrEncoding encoding = new HdrEncoding();

  @Test
  void aSingleCountAnywhereIsFoundWhereItWas() throws Exception {
    for (int index = 0; index < COUNTERS; index += 97) {
      long[] counts = new long[COUNTERS];
      counts[index] = 1;
      Histogram decoded = decode(encoding.encode(counts, COUNTERS));
      assertEquals(1, decoded.getTotalCount());
      assertEquals(HdrEncoding.highestValueAt(index), decoded.getMaxValue(), "index " + index);
    }
  }

  @Test
  void randomDistributionsSurvive() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 20; round++) {
      long[] counts = new long[COUNTERS];
      long sum = 0;
      for (int i = 0; i < 500; i++) {
        int index = random.nextInt(COUNTERS);
        counts[index] = 1L << random.nextInt(40);
      }
      for (long count : counts) {
        sum += count;
      }
      Histogram decoded = decode(encoding.encode(counts, COUNTERS));
      assertEquals(sum, decoded.getTotalCount());
      long[] back = new long[COUNTERS];
      for (HistogramIterationValue value : decoded.recordedValues()) {
        back[indexOf(value.getValueIteratedTo())] = value.getCountAtValueIteratedTo();
      }
      assertEquals(Arrays.toString(counts), Arrays.toString(back));
    }
  }

  @Test
  void nothingIsAnEmptyHistogram() throws Exception {
    assertEquals(0, decode(encoding.encode(new long[COUNTERS], COUNTERS)).getTotalCount());
  }

  private static Histogram decode(String text) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
    Histogram histogram = Histogram.decodeFromCompressedByteBuffer(bytes, 0);
    assertEquals(3, histogram.getNumberOfSignificantValueDigits());
    return histogram;
  }

  /** Where the kernel side counts a value: the formula of histogram.bpf.h. */
  private static int indexOf(long value) {
    if (value < 2048) {
      return (int) value;
    }
    int bucket = 63 - Long.numberOfLeadingZeros(value) - 10;
    return (bucket << 10) + (int) (value >> bucket);
  }
}
