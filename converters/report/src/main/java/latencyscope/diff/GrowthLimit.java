package latencyscope.diff;

import latencyscope.analysis.Limit;

/**
 * What a value of the second report may not exceed.
 *
 * @param limit key and number
 * @param relative whether the number is by how many percent it may exceed the first report's
 */
public record GrowthLimit(Limit limit, boolean relative) {
  /**
   * Reads {@code KEY=VALUE} or {@code KEY=+10%}.
   *
   * @throws IllegalArgumentException with a sentence on what is wrong
   */
  public static GrowthLimit parse(String text) {
    boolean relative = text.strip().endsWith("%");
    String plain = relative ? text.strip().substring(0, text.strip().length() - 1) : text;
    return new GrowthLimit(Limit.parse(plain), relative);
  }

  Comparison.LimitResult check(Double before, Double after) {
    if (!relative) {
      boolean passed = after != null && after <= limit.limit();
      return new Comparison.LimitResult(limit.key(), limit.limit(), after, null, passed);
    }
    double most = before == null ? Double.NaN : before * (1 + limit.limit() / 100);
    boolean passed = before != null && after != null && after <= most;
    return new Comparison.LimitResult(limit.key(), most, after, before, passed);
  }
}
