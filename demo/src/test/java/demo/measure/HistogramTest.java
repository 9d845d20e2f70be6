package demo.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {
  private final Histogram histogram = new Histogram();

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 2_047, 2_048, 2_049, 4_095, 4_096, 1_000_003, 1L << 40, Long.MAX_VALUE})
  void aLoneValueIsEveryPercentile(long value) {
    histogram.record(value);
    assertEquals(value, histogram.percentile(50));
    assertEquals(value, histogram.percentile(100));
    assertEquals(value, histogram.max());
  }

  @Test
  void smallValuesAreExact() {
    for (int value = 1; value <= 1_000; value++) {
      histogram.record(value);
    }
    assertEquals(500, histogram.percentile(50));
    assertEquals(990, histogram.percentile(99));
    assertEquals(999, histogram.percentile(99.9));
    assertEquals(1_000, histogram.percentile(100));
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 50, 90, 99, 99.9, 99.99})
  void percentilesOfManyOrdersOfMagnitudeAreWithinAThousandth(double percentile) {
    Random random = new Random(7);
    long[] values = new long[200_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) Math.exp(random.nextDouble() * 30);
      histogram.record(values[i]);
    }
    Arrays.sort(values);
    long exact = values[(int) Math.ceil(percentile / 100 * values.length - 1e-6) - 1];
    long found = histogram.percentile(percentile);
    assertTrue(found >= exact && found <= exact + exact / 1024 + 1, found + " for " + exact);
  }

  @Test
  void noPercentileExceedsTheMaximum() {
    histogram.record(1_000_000_001);
    histogram.record(1_000_000_002);
    assertEquals(1_000_000_002, histogram.percentile(99));
  }

  @Test
  void aPercentileIsResolvedByTenSamplesBeyondIt() {
    for (int i = 0; i < 9_999; i++) {
      histogram.record(i);
    }
    assertTrue(histogram.resolves(99));
    assertFalse(histogram.resolves(99.9));
    histogram.record(1);
    assertTrue(histogram.resolves(99.9));
  }

  @Test
  void anEmptyHistogramResolvesNothing() {
    assertFalse(histogram.resolves(50));
    assertEquals(0, histogram.percentile(50));
    assertEquals(0, histogram.max());
  }

  @Test
  void whatCannotBeCountedIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> histogram.record(-1));
    assertThrows(IllegalArgumentException.class, () -> histogram.percentile(0));
    assertThrows(IllegalArgumentException.class, () -> histogram.percentile(100.1));
  }
}
