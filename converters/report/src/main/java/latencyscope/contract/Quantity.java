package latencyscope.contract;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times, counts and rates as contracts write them; times are nanoseconds. */
final class Quantity {
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L);
  private static final Map<String, Double> SECONDS = Map.of("s", 1.0, "m", 60.0, "h", 3_600.0);
  private static final Pattern TIME =
      Pattern.compile("(\\d[\\d_]{0,14}(?:\\.\\d{1,9})?) ?(ns|us|µs|ms|s|m)");
  private static final Pattern COUNT = Pattern.compile("\\d[\\d_]{0,14}");
  private static final Pattern RATE = Pattern.compile("(.+?) ?/ ?(s|m|h)");

  private Quantity() {}

  /** A time such as {@code 50us}; empty if it is none. */
  static OptionalLong time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    double number = Double.parseDouble(matcher.group(1).replace("_", ""));
    return OptionalLong.of(Math.round(number * UNITS.get(matcher.group(2))));
  }

  /** A count such as {@code 1_000}; empty if it is none. */
  static OptionalLong count(String text) {
    return COUNT.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text.replace("_", "")))
        : OptionalLong.empty();
  }

  /** Occurrences for each second, such as {@code 3/m}; empty if it is none. */
  static OptionalDouble rate(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches()) {
      return OptionalDouble.empty();
    }
    OptionalLong count = count(matcher.group(1));
    return count.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(count.getAsLong() / SECONDS.get(matcher.group(2)));
  }

  /** Nanoseconds for each second, such as {@code 20us/s}; empty if it is none. */
  static OptionalDouble share(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches()) {
      return OptionalDouble.empty();
    }
    OptionalLong time = time(matcher.group(1));
    return time.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(time.getAsLong() / SECONDS.get(matcher.group(2)));
  }

  /** A number without a needless fraction. */
  static String plain(double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.3g", number);
  }

  /** A percentage with all of its digits. */
  static String percent(double percent) {
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }
}
