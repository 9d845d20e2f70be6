package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {
  @ParameterizedTest
  @CsvSource({"4096, 4096", "64k, 65536", "64m, 67108864", "1G, 1073741824", "2mb, 2097152"})
  void takesNumbersAndUnits(String text, long bytes) {
    assertEquals(bytes, SizeText.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "much", "-1", "1.5g", "64 m", "9999999999g", "m"})
  void refusesWhatIsNone(String text) {
    assertThrows(IllegalArgumentException.class, () -> SizeText.parse(text));
  }
}
