package latencyscope.recording.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.Random;
import latencyscope.recording.Fixture;
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

  @Test
  void nearestRankOfFewIsTheirMaximum() {
    assertEquals(OptionalLong.empty(), Distribution.EMPTY.nearestRank(99));
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= 777; i++) {
      histogram.recordValue(i);
    }
    Distribution waits = of(histogram, 0);
    assertEquals(OptionalLong.empty(), waits.percentile(99.999));
    assertEquals(OptionalLong.of(777), waits.nearestRank(99.999));
    assertEquals(OptionalLong.of(770), waits.nearestRank(99)); // 769.23 rounded up
    assertEquals(OptionalLong.of(389), waits.nearestRank(50));
    assertEquals(99.6139, Distribution.resolved(777), 1e-4);
    assertEquals(0, Distribution.resolved(0));
  }

  /** One of them beyond: 1 - 0.99^n is 95 % from n = 299 on; tables have the rest. */
  @ParameterizedTest
  @CsvSource({"50, 5", "99, 299", "99.9, 2995", "99.999, 299572"})
  void anUpperBoundTakesOneBeyond(double percent, long needed) {
    assertEquals(needed, Distribution.neededForBound(percent, 0.95));
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(100, needed - 2);
    histogram.recordValue(200);
    assertEquals(OptionalLong.empty(), of(histogram, 0).upperBound(percent, 0.95));
    histogram.recordValue(150);
    assertEquals(OptionalLong.of(200), of(histogram, 0).upperBound(percent, 0.95));
  }

  /** Of samples whose percentile is known, it holds in 95 of 100 and hardly ever lies far off. */
  @Test
  void anUpperBoundHoldsAsOftenAsItSays() {
    Random random = new Random(4711);
    int held = 0;
    int samples = 2_000;
    for (int i = 0; i < samples; i++) {
      Histogram histogram = new Histogram(3);
      for (int j = 0; j < 500; j++) {
        histogram.recordValue(1 + (long) (random.nextDouble() * 1_000));
      }
      held += of(histogram, 0).upperBound(90, 0.95).orElseThrow() > 900 ? 1 : 0;
    }
    // The rank's confidence is 95.8 % or so, as ranks are whole numbers; three deviations below 95.
    assertTrue(held >= samples * 0.935 && held <= samples * 0.98, held + " of " + samples);
  }
}
