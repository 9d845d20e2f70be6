package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
  @ParameterizedTest
  @CsvSource({
    "7ns, 7",
    "100us, 100000",
    "100µs, 100000",
    "5ms, 5000000",
    "2m, 120000000000",
    "1.5s, 1500000000"
  })
  void unitsAreRead(String text, long nanos) {
    assertEquals(Duration.ofNanos(nanos), TimeText.parse(text, ""));
  }

  @Test
  void aPlainNumberHasTheUnitThatTheCallerSays() {
    assertEquals(Duration.ofSeconds(10), TimeText.parse("10", "s"));
    assertThrows(IllegalArgumentException.class, () -> TimeText.parse("10", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "-1s",
        "1.s",
        ".5s",
        "1.5.5s",
        "٣s",
        "1 s",
        "1d",
        "99999999999999999999s",
        "3000000h"
      })
  void rubbishIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TimeText.parse(text, "s"));
  }
}
