package latencyscope.recording;

import java.util.Locale;

/** Writes nanoseconds for people. */
public final class Nanos {
  private static final long NANOS_UP_TO = 100_000;
  private static final long MICROS_UP_TO = 1_000_000;
  private static final long MILLIS_UP_TO = 10_000_000_000L;

  private static final String[] UNITS = {"ns", "µs", "ms", "s"};

  private Nanos() {}

  /** In the unit in which they read best. */
  public static String words(long nanos) {
    if (nanos < NANOS_UP_TO) {
      return String.format(Locale.ROOT, "%,d ns", nanos);
    }
    if (nanos < MICROS_UP_TO) {
      return String.format(Locale.ROOT, "%,.1f µs", nanos / 1e3);
    }
    if (nanos < MILLIS_UP_TO) {
      return String.format(Locale.ROOT, "%,.2f ms", nanos / 1e6);
    }
    return String.format(Locale.ROOT, "%,.2f s", nanos / 1e9);
  }

  /** In three significant digits. */
  public static String brief(long nanos) {
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
