package latencyscope.jfr;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them: {@code 100us}, {@code 5ms}, {@code 1.5s}, {@code 2m}. */
public final class TimeText {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?)([^0-9.]*)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ns", Duration.ofNanos(1),
          "us", Duration.ofNanos(1_000),
          "µs", Duration.ofNanos(1_000),
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));

  private TimeText() {}

  /**
   * Reads a number and its unit.
   *
   * @param withoutUnit unit of a plain number; "" if it must have one
   * @throws IllegalArgumentException when it is neither, or more nanoseconds than a long holds
   */
  public static Duration parse(String text, String withoutUnit) {
    Matcher matcher = FORM.matcher(text);
    Duration unit =
        matcher.matches()
            ? UNITS.get(matcher.group(2).isEmpty() ? withoutUnit : matcher.group(2))
            : null;
    if (unit == null) {
      throw new IllegalArgumentException("not a time: " + text);
    }
    BigDecimal nanos =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit.toNanos()));
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("longer than 292 years: " + text);
    }
    return Duration.ofNanos(nanos.longValue());
  }
}
