package latencyscope.trace;

import java.util.Locale;

/**
 * How dollars are drawn on an axis of time: a microsecond is a power of ten of dollars.
 *
 * @param exponent a microsecond is 10 to this power, in dollars
 */
record AlphaScale(int exponent) {
  private static final double NANOS_PER_MICRO = 1e3;

  /** The smallest power of ten with which all dollars fit into a time. */
  static AlphaScale fitting(double dollars, long nanos) {
    int exponent = -9;
    while (exponent < 30 && dollars / Math.pow(10, exponent) * NANOS_PER_MICRO > nanos) {
      exponent++;
    }
    return new AlphaScale(exponent);
  }

  /** How wide dollars are, nanoseconds. */
  long width(double dollars) {
    return Math.round(dollars / Math.pow(10, exponent) * NANOS_PER_MICRO);
  }

  String describe() {
    double dollars = Math.pow(10, exponent);
    return exponent >= 0
        ? String.format(Locale.ROOT, "1 us of width = $%,.0f", dollars)
        : String.format(Locale.ROOT, "1 us of width = $%." + -exponent + "f", dollars);
  }
}
