package latencyscope.diff;

/**
 * How likely two counts are to differ as much as they do by chance alone.
 *
 * <p>If occurrences come independently of each other at the same rate, then of all occurrences
 * together those of the second capture are a binomial number, whatever the rate is: the share that
 * each falls into is that of the exposures. That is exact, for any number. Occurrences that come in
 * bursts scatter more: for them, the result is too sure.
 */
final class RateTest {
  // Beyond, the normal distribution is as good and the sum takes long.
  private static final long EXACT = 20_000;

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
    if (k <= 0) {
      return 1;
    }
    return n <= EXACT ? exact(k, n, p) : normal(k, n, p);
  }

  private static double exact(long k, long n, double p) {
    double logP = Math.log(p);
    double logQ = Math.log1p(-p);
    double log = logChoose(n, k) + k * logP + (n - k) * logQ;
    double sum = 0;
    double term = Math.exp(log);
    for (long i = k; i <= n && term > 0; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1) * p / (1 - p);
      if (term < sum * 1e-16) {
        break;
      }
    }
    return Math.min(1, sum);
  }

  private static double logChoose(long n, long k) {
    double sum = 0;
    for (long i = 1; i <= Math.min(k, n - k); i++) {
      sum += Math.log((double) (n - Math.min(k, n - k) + i) / i);
    }
    return sum;
  }

  // With half an occurrence of correction for what is not continuous.
  private static double normal(long k, long n, double p) {
    double z = (k - 0.5 - n * p) / Math.sqrt(n * p * (1 - p));
    return upperTail(z);
  }

  /** The chance that a standard normal variable exceeds z. */
  static double upperTail(double z) {
    if (z < 0) {
      return 1 - upperTail(-z);
    }
    // Abramowitz and Stegun 26.2.17: off by less than 7.5e-8, in the bulk.
    if (z < 2) {
      double t = 1 / (1 + 0.2316419 * z);
      double poly =
          t
              * (0.319381530
                  + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
      return density(z) * poly;
    }
    // Far out, the continued fraction: the error of the above would be larger than the value.
    double fraction = z;
    for (int i = 200; i >= 1; i--) {
      fraction = z + i / fraction;
    }
    return density(z) / fraction;
  }

  private static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }
}
