package latencyscope.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import latencyscope.cli.console.UserError;

/** Reads times as a report writes them: a clock time, or a whole one in ISO 8601. */
final class Times {
  private Times() {}

  /**
   * Nanoseconds since the epoch.
   *
   * @param option the option that asks, for the message
   * @param text such as {@code 14:32:07.847123} or {@code 2026-11-22T14:32:07.847123Z}
   * @param zone zone of clock times
   * @param captured a time within the recording, whose day a clock time means
   */
  static long parse(String option, String text, ZoneId zone, long captured) throws UserError {
    try {
      if (text.indexOf('T') > 0) {
        return nanos(Instant.parse(text));
      }
      Instant near = Instant.EPOCH.plusNanos(captured);
      LocalDate day = near.atZone(zone).toLocalDate();
      ZonedDateTime time = day.atTime(LocalTime.parse(text)).atZone(zone);
      // A recording may begin before midnight and end after it.
      if (time.toInstant().isBefore(near.minus(12, ChronoUnit.HOURS))) {
        time = time.plusDays(1);
      }
      return nanos(time.toInstant());
    } catch (ArithmeticException e) {
      throw new UserError(option + ": '" + text + "' does not exist on the recording's day", e);
    } catch (DateTimeException e) {
      throw new UserError(
          option
              + ": '"
              + text
              + "' is not a time such as 14:32:07.847123 or 2026-11-22T14:32:07.847123Z",
          e);
    }
  }

  private static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }
}
