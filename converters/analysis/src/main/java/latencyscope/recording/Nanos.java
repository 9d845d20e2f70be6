package latencyscope.recording;

import java.util.Locale;

/** Writes nanoseconds for people. */
public final class Nanos {
  private static final String[] UNITS = {"ns", "µs", "ms", "s"};

  private Nanos() {}

  /** In three significant digits, in the unit in which they read best. */
  public static String words(long nanos) {
    int unit = 0;
    double value = nanos;
    // What rounds up to a thousand is one of the next unit.
    while (unit < UNITS.length - 1 && value >= 999.5) {
      value /= 1_000;
      unit++;
    }
    String format =
        unit == 0 || value >= 99.95 ? "%,.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, format, value, UNITS[unit]);
  }
}
