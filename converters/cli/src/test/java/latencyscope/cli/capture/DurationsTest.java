package latencyscope.cli.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({"10, PT10S", "0.5, PT0.5S", "500ms, PT0.5S", "2m, PT2M", "1h, PT1H", "3s, PT3S"})
  void forms(String text, Duration expected) {
    assertEquals(expected, new Durations().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1 fortnight", "1e3", "0ms", "99999h", "1.s", "ms"})
  void mistakes(String text) {
    assertThrows(TypeConversionException.class, () -> new Durations().convert(text));
  }
}
