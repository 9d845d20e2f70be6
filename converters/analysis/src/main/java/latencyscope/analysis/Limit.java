package latencyscope.analysis;

/**
 * What a value may not exceed.
 *
 * @param key dotted path in the JSON report
 * @param limit the largest value that passes
 */
public record Limit(String key, double limit) {
  /**
   * Reads {@code KEY=VALUE}.
   *
   * @throws IllegalArgumentException with a sentence on what is wrong
   */
  public static Limit parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not KEY=VALUE, such as isolation.p99_runqueue_ns=5000");
    }
    String value = text.substring(equals + 1).strip();
    try {
      double limit = Double.parseDouble(value.replace("_", ""));
      if (Double.isFinite(limit)) {
        return new Limit(text.substring(0, equals).strip(), limit);
      }
    } catch (NumberFormatException e) {
      // Said below, as for an infinite number.
    }
    throw new IllegalArgumentException("'" + value + "' in '" + text + "' is not a number");
  }

  /**
   * Whether a value kept within its limit.
   *
   * @param value null if it was not measured, which does not pass: a gate must not open because
   *     nobody looked
   * @param whyNot why it was not measured; null if it was
   */
  public record Result(Limit limit, Number value, String whyNot, boolean passed) {}

  Result check(Number value, String whyNot) {
    return value == null
        ? new Result(this, null, whyNot, false)
        : new Result(this, value, null, value.doubleValue() <= limit);
  }
}
