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

  /** Quantiles of the standard normal distribution, from tables. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "1.959963985, 0.025",
    "3.090232306, 0.001",
    "4.753424309, 0.000001",
    "8, 6.220960574e-16",
    "-1.959963985, 0.975"
  })
  void upperTail(double z, double expected) {
    assertEquals(expected, RateTest.upperTail(z), expected * 1e-5 + 1e-20);
  }

  @Test
  void bothWaysToWorkItOutAgree() {
    // 20,000 in all are summed, 20,001 approximated.
    double exact = RateTest.chance(9_800, 1, 10_200, 1);
    double near = RateTest.chance(9_800, 1, 10_201, 1);
    assertEquals(exact, near, exact * 0.1);
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
