package latencyscope.recording;

import java.util.Locale;

/** Writes nanoseconds for people. */
public final class Nanos {
  private static final long NANOS_UP_TO = 100_000;
  private static final long MICROS_UP_TO = 1_000_000;
  private static final long MILLIS_UP_TO = 10_000_000_000L;

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
}
