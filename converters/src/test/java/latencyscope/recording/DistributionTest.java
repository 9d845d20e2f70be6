package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionTest {
  private static Distribution of(Histogram histogram, long total) {
    return Distribution.of(slice(histogram, total, Fixture.encode(histogram)));
  }

  private static HistogramSlice slice(Histogram histogram, long total, String encoded) {
    return new HistogramSlice(
        histogram.getTotalCount(), total, histogram.getMaxValue(), 0, encoded);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void intervalsAddUpToTheWhole(long seed) {
    Random random = new Random(seed);
    Histogram whole = new Histogram(3);
    Distribution merged = Distribution.EMPTY;
    long total = 0;
    for (int interval = 0; interval < 1 + random.nextInt(9); interval++) {
      Histogram part = new Histogram(3);
      long partTotal = 0;
      for (int i = random.nextInt(20_000); i >= 0; i--) {
        long value = (long) Math.exp(random.nextDouble() * 24);
        part.recordValue(value);
        whole.recordValue(value);
        partTotal += value;
      }
      total += partTotal;
      merged = merged.plus(of(part, partTotal));
    }
    Distribution expected = of(whole, total);
    assertEquals(expected.count(), merged.count());
    assertEquals(expected.total(), merged.total());
    assertEquals(expected.max(), merged.max());
    for (double percent : new double[] {1, 50, 99, 99.9, 99.99, 99.999}) {
      assertEquals(expected.percentile(percent), merged.percentile(percent), percent + " %");
    }
  }

  @Test
  void percentilesAreTheHistograms() {
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= 10_000; i++) {
      histogram.recordValue(i);
    }
    Distribution distribution = of(histogram, 50_005_000);
    assertEquals(5_000, distribution.percentile(50).orElseThrow(), 5);
    assertEquals(9_990, distribution.percentile(99.9).orElseThrow(), 10);
    assertTrue(distribution.percentile(99.9).getAsLong() <= distribution.max());
  }

  @ParameterizedTest
  @CsvSource({"50, 6", "99, 300", "99.9, 3000", "99.99, 30000", "99.999, 300000"})
  void takesThreeExpectedBeyond(double percent, long needed) {
    assertEquals(needed, Distribution.needed(percent));
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(100, needed - 1);
    assertEquals(OptionalLong.empty(), of(histogram, 0).percentile(percent));
    histogram.recordValue(100);
    assertEquals(OptionalLong.of(100), of(histogram, 0).percentile(percent));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rubbish", "!!!!", "AAAA", "HISTFAAAAA=="})
  void notAHistogram(String encoded) {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(5);
    assertThrows(
        IllegalArgumentException.class, () -> Distribution.of(slice(histogram, 5, encoded)));
    Distribution rest = Distribution.withoutBins(slice(histogram, 5, encoded));
    assertEquals(1, rest.count());
    assertEquals(1, rest.unbinned());
  }
}
