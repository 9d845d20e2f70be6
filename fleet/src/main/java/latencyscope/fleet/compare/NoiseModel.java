package latencyscope.fleet.compare;

import java.util.List;
import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.apache.commons.numbers.gamma.Trigamma;

/**
 * How much a measure scatters from day to day, learned from all hosts together: a host's own few
 * days say little. Each host's variance is drawn towards the fleet's, the more the less the hosts
 * differ in it (moderated t, Smyth 2004). Logarithms of the values are taken to be normal.
 *
 * @param variance what the fleet's variances are drawn from
 * @param freedom how many degrees of freedom the fleet adds to a host's own; may be infinite
 */
record NoiseModel(double variance, double freedom) {
  /** Nothing is less noisy: buckets are 0.1 % wide, and a measure may be constant. */
  private static final double LEAST_VARIANCE = 1e-4;

  private static final double MOST_FREEDOM = 1_000;

  /**
   * Learns from the variances of hosts.
   *
   * @param variances one for each host
   * @param freedoms their degrees of freedom
   */
  static NoiseModel of(List<Double> variances, List<Double> freedoms) {
    int hosts = variances.size();
    if (hosts < 3) {
      return new NoiseModel(LEAST_VARIANCE, 0);
    }
    double[] logs = new double[hosts];
    double mean = 0;
    double expected = 0;
    for (int i = 0; i < hosts; i++) {
      double half = freedoms.get(i) / 2;
      double variance = Math.max(LEAST_VARIANCE, variances.get(i));
      logs[i] = Math.log(variance) - Digamma.value(half) + Math.log(half);
      mean += logs[i] / hosts;
      expected += Trigamma.value(half) / hosts;
    }
    double scatter = 0;
    for (double log : logs) {
      scatter += (log - mean) * (log - mean) / (hosts - 1);
    }
    double excess = scatter - expected;
    if (excess <= 0) {
      return new NoiseModel(Math.exp(mean), MOST_FREEDOM);
    }
    double half = inverseTrigamma(excess);
    double prior = Math.exp(mean + Digamma.value(half) - Math.log(half));
    return new NoiseModel(prior, Math.min(MOST_FREEDOM, 2 * half));
  }

  // Newton's method on 1 / trigamma, which is nearly a line.
  private static double inverseTrigamma(double x) {
    double y = 0.5 + 1 / x;
    for (int i = 0; i < 50; i++) {
      double trigamma = Trigamma.value(y);
      double step = trigamma * (1 - trigamma / x) / tetragamma(y);
      y += step;
      if (Math.abs(step) < 1e-8 * y) {
        break;
      }
    }
    return y;
  }

  private static double tetragamma(double y) {
    double h = 1e-4 * y;
    return (Trigamma.value(y + h) - Trigamma.value(y - h)) / (2 * h);
  }

  /**
   * The chance of a difference of two means at least as large, in either direction.
   *
   * @param difference of the means of logarithms
   * @param inverses sum of 1 / number of days of both sides
   * @param own the host's own variance
   * @param ownFreedom its degrees of freedom
   */
  double chance(double difference, double inverses, double own, double ownFreedom) {
    double all = freedom + ownFreedom;
    double t = t(difference, inverses, own, ownFreedom);
    return student(t, all);
  }

  /** A difference of two means in units of its standard deviation, which is the moderated one. */
  double t(double difference, double inverses, double own, double ownFreedom) {
    double moderated =
        (freedom * variance + ownFreedom * Math.max(LEAST_VARIANCE, own)) / (freedom + ownFreedom);
    return difference / Math.sqrt(moderated * inverses);
  }

  /** The largest t of all splits of days whose mean is 0. */
  double largest(double[] logs) {
    int days = logs.length;
    double squares = 0;
    for (double log : logs) {
      squares += log * log;
    }
    double most = 0;
    double before = 0;
    for (int at = 1; at <= days - ChangeFinder.LEAST_DAYS; at++) {
      before += logs[at - 1];
      if (at >= ChangeFinder.LEAST_DAYS) {
        double first = before / at;
        double second = -before / (days - at);
        double within = Math.max(0, squares - first * before + second * before);
        double inverses = 1.0 / at + 1.0 / (days - at);
        most = Math.max(most, Math.abs(t(second - first, inverses, within / (days - 2), days - 2)));
      }
    }
    return most;
  }

  /** The chance of such a t of a host with so many days. */
  double chance(double t, int days) {
    return student(t, freedom + days - 2);
  }

  /** Both tails of Student's distribution beyond t. */
  static double student(double t, double freedom) {
    return RegularizedBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5);
  }
}
