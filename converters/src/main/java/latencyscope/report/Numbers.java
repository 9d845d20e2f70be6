package latencyscope.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes numbers and times for people. */
final class Numbers {
  private static final long NANOS_UP_TO = 100_000;
  private static final long MICROS_UP_TO = 1_000_000;
  private static final long MILLIS_UP_TO = 10_000_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS zzz", Locale.ROOT);

  private Numbers() {}

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** A count with its noun: {@code 1 wait}, {@code 1,200 waits}. */
  static String count(long count, String noun) {
    return count(count) + " " + noun + (count == 1 ? "" : "s");
  }

  /** Nanoseconds in the unit in which they read best. */
  static String time(long nanos) {
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

  /** A cell of a table. */
  static String cell(Object value) {
    if (value instanceof Duration duration) {
      return time(duration.toNanos());
    }
    if (value instanceof Long count) {
      return count(count);
    }
    return value == null ? "-" : Columns.clean(value.toString());
  }

  static String clock(long epochNs, ZoneId zone) {
    return TIME.format(instant(epochNs).atZone(zone));
  }

  static String dateAndClock(long epochNs, ZoneId zone) {
    return DATE_AND_TIME.format(instant(epochNs).atZone(zone));
  }

  private static Instant instant(long epochNs) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNs, NANOS_PER_SECOND), Math.floorMod(epochNs, NANOS_PER_SECOND));
  }
}
