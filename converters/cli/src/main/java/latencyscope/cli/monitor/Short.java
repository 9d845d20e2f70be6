package latencyscope.cli.monitor;

import java.util.Locale;

/** Times in few characters, to three digits. */
final class Short {
  private static final String[] UNITS = {"ns", "µs", "ms", "s"};
  private static final double STEP = 1_000;

  private Short() {}

  /** Such as {@code 4.12 ms}; {@code -} for none. */
  static String time(long nanos) {
    if (nanos == 0) {
      return "-";
    }
    double value = nanos;
    int unit = 0;
    while (value >= STEP - 0.5 && unit < UNITS.length - 1) {
      value /= STEP;
      unit++;
    }
    int decimals = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
  }

  /** Such as {@code 12.3 ms}, as short as whole units allow. */
  static String whole(long nanos) {
    long value = nanos;
    int unit = 0;
    while (value % 1_000 == 0 && value > 0 && unit < UNITS.length - 1) {
      value /= 1_000;
      unit++;
    }
    return value + " " + UNITS[unit];
  }

  /** Such as {@code 1:02:03} or {@code 02:03}. */
  static String clock(long seconds) {
    return seconds >= 3_600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60);
  }
}
