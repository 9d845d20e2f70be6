package latencyscope.cli.capture;

import java.time.Duration;
import latencyscope.jfr.TimeText;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how long to capture: {@code 10} seconds, {@code 500ms}, {@code 2m}. */
public final class Durations implements ITypeConverter<Duration> {
  private static final Duration LONGEST = Duration.ofDays(7);

  @Override
  public Duration convert(String text) {
    Duration duration = parse(text);
    if (duration.isZero()) {
      throw new TypeConversionException("a duration of 0 captures nothing; 10 is the default");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new TypeConversionException("'" + text + "' is longer than the maximum of 7 days");
    }
    return duration;
  }

  private static Duration parse(String text) {
    try {
      return TimeText.parse(text.strip(), "s");
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration such as 10 (seconds), 500ms or 2m");
    }
  }
}
