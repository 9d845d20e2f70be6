package latencyscope.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTestTest {
  /** Twice the binomial tail, worked out with whole numbers: of n = 10 at 1/2, P(≥ 9) = 11/1024. */
  @ParameterizedTest
  @CsvSource({
    "1, 10, 9, 10, 0.021484375",
    "9, 10, 1, 10, 0.021484375",
    "0, 10, 5, 10, 0.0625",
    "0, 30, 2, 10, 0.125",
    "5, 10, 5, 10, 1",
    "0, 10, 0, 10, 1"
  })
  void isTheBinomialTail(long a, double ta, long b, double tb, double expected) {
    assertEquals(expected, RateTest.chance(a, ta, b, tb), 1e-9);
  }

  /** Far more than an int counts: two and four standard deviations of what chance does. */
  @ParameterizedTest
  @CsvSource({"2, 0.0455", "4, 6.334e-5"})
  void largeCountsAreNormal(double deviations, double expected) {
    long n = 4_000_000_000L;
    long above = Math.round(n / 2 + deviations * Math.sqrt(n) / 2);
    assertEquals(expected, RateTest.chance(n - above, 1, above, 1), expected * 0.001);
    long fewer = 2_000_000_000L;
    long beyond = Math.round(fewer / 2 + deviations * Math.sqrt(fewer) / 2);
    assertEquals(expected, RateTest.chance(fewer - beyond, 1, beyond, 1), expected * 0.001);
  }

  /** Of captures with the same rate, no more are told apart than the chance that is given says. */
  @Test
  void isNotSurerThanItSays() {
    Random random = new Random(4711);
    int runs = 4_000;
    for (double rate : new double[] {3, 40, 30_000}) {
      int toldApart = 0;
      for (int i = 0; i < runs; i++) {
        toldApart +=
            RateTest.chance(poisson(random, rate), 1, poisson(random, rate * 3), 3) < 0.05 ? 1 : 0;
      }
      // Within three deviations of 5 %.
      assertTrue(toldApart <= 0.05 * runs + 3 * Math.sqrt(0.05 * runs), rate + ": " + toldApart);
    }
  }

  private static long poisson(Random random, double mean) {
    if (mean > 500) {
      return Math.round(mean + Math.sqrt(mean) * random.nextGaussian());
    }
    double limit = Math.exp(-mean);
    long count = 0;
    for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
      count++;
    }
    return count;
  }
}
