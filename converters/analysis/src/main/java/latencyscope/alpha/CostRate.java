package latencyscope.alpha;

/**
 * What time is worth: dollars = µs × bps per µs × notional ÷ 10,000.
 *
 * @param notional dollars at stake; positive
 * @param bpsPerUs basis points that a microsecond of delay costs; positive
 */
public record CostRate(double notional, double bpsPerUs) {
  /** What a microsecond costs where nobody says otherwise, basis points. */
  public static final double DEFAULT_BPS_PER_US = 0.5;

  private static final double NANOS_PER_MICRO = 1e3;
  private static final double BPS = 10_000;

  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if one is not a positive number
   */
  public CostRate {
    if (!(notional > 0) || Double.isInfinite(notional)) {
      throw new IllegalArgumentException("the notional must be a positive number of dollars");
    }
    if (!(bpsPerUs > 0) || Double.isInfinite(bpsPerUs)) {
      throw new IllegalArgumentException("the cost of a microsecond must be positive, in bps");
    }
  }

  /** What a time costs, dollars. */
  public double dollars(long nanos) {
    return nanos / NANOS_PER_MICRO * bpsPerUs * notional / BPS;
  }
}
