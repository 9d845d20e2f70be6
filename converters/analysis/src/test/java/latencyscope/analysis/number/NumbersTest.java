package latencyscope.analysis.number;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "847, 847 ns",
    "999, 999 ns",
    "1000, 1.00 µs",
    "12847, 12.8 µs",
    "99949, 99.9 µs",
    "99951, 100 µs",
    "999499, 999 µs",
    "999500, 1.00 ms",
    "4_780_000, 4.78 ms",
    "3_488_870_000, 3.49 s",
    "1_234_567_000_000, '1,235 s'"
  })
  void threeDigits(String nanos, String words) {
    assertEquals(words, Numbers.time(Long.parseLong(nanos.replace("_", ""))));
  }
}
