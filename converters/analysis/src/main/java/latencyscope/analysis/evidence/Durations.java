package latencyscope.analysis.evidence;

import java.util.Locale;
import latencyscope.recording.Nanos;

/** Writes thresholds as people set them. */
final class Durations {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private Durations() {}

  /** Such as {@code 10 µs}. */
  static String words(long nanos) {
    if (nanos >= SECOND && nanos % SECOND == 0) {
      return String.format(Locale.ROOT, "%,d s", nanos / SECOND);
    }
    if (nanos >= MILLI && nanos % MILLI == 0) {
      return String.format(Locale.ROOT, "%,d ms", nanos / MILLI);
    }
    if (nanos >= MICRO && nanos % MICRO == 0) {
      return String.format(Locale.ROOT, "%,d µs", nanos / MICRO);
    }
    return Nanos.words(nanos);
  }
}
