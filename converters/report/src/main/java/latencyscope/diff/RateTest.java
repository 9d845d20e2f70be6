package latencyscope.diff;

import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * How likely two counts are to differ as much as they do by chance alone.
 *
 * <p>If occurrences come independently of each other at the same rate, then of all occurrences
 * together those of the second capture are a binomial number, whatever the rate is: the share that
 * each falls into is that of the exposures. That is exact, for any number. Occurrences that come in
 * bursts scatter more: for them, the result is too sure.
 */
final class RateTest {
  private RateTest() {}

  /**
   * The chance of a difference at least as large, in either direction, at equal rates.
   *
   * @param before occurrences in the first
   * @param exposureBefore what they are counted over: seconds, or all occurrences
   * @param after occurrences in the second
   * @param exposureAfter the same of the second
   * @return 0 to 1
   */
  static double chance(long before, double exposureBefore, long after, double exposureAfter) {
    long all = before + after;
    if (all == 0 || exposureBefore <= 0 || exposureAfter <= 0) {
      return 1;
    }
    double share = exposureAfter / (exposureBefore + exposureAfter);
    double tail =
        after >= all * share ? atLeast(after, all, share) : atLeast(before, all, 1 - share);
    return Math.min(1, 2 * tail);
  }

  /** The chance of at least k of n at probability p. */
  private static double atLeast(long k, long n, double p) {
    // The incomplete beta function is the binomial distribution's upper tail.
    return k <= 0 ? 1 : RegularizedBeta.value(p, k, n - k + 1.0);
  }
}
