package latencyscope.analysis.number;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.finding.Count;
import latencyscope.recording.Nanos;

/** Writes numbers and times for people. */
public final class Numbers {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter TENTHS =
      DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT);
  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS zzz", Locale.ROOT);

  private Numbers() {}

  /** A count. */
  public static String count(long count) {
    return Count.words(count);
  }

  /** A count with its noun: {@code 1 wait}, {@code 1,200 waits}. */
  public static String count(long count, String noun) {
    return Count.words(count, noun);
  }

  /** How many occurrences a distribution holds, with what they are. */
  public static String count(Quantiles quantiles) {
    return Count.words(quantiles.distribution().count(), quantiles.noun(), quantiles.plural());
  }

  /** Nanoseconds in three significant digits, in the unit in which they read best. */
  public static String time(long nanos) {
    return Nanos.words(nanos);
  }

  /** A cell of a table. */
  public static String cell(Object value) {
    if (value instanceof Duration duration) {
      return time(duration.toNanos());
    }
    if (value instanceof Long count) {
      return count(count);
    }
    return value == null ? "-" : Printable.text(value.toString());
  }

  /** Time of day to the microsecond. */
  public static String clock(long epochNs, ZoneId zone) {
    return TIME.format(instant(epochNs).atZone(zone));
  }

  /** Time of day to a tenth of a second, which is not rounded up. */
  public static String clockToTenths(long epochNs, ZoneId zone) {
    return TENTHS.format(instant(epochNs).atZone(zone));
  }

  public static String dateAndClock(long epochNs, ZoneId zone) {
    return DATE_AND_TIME.format(instant(epochNs).atZone(zone));
  }

  private static Instant instant(long epochNs) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochNs, NANOS_PER_SECOND), Math.floorMod(epochNs, NANOS_PER_SECOND));
  }
}
