package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against widths that a terminal showed. */
class ColumnsTest {
  @ParameterizedTest
  @CsvSource({
    "strategy, 8",
    "行情处理, 8",
    "한국어, 6",
    "🚀 md-feed, 10",
    "⚡ fast, 7",
    "✅⭐, 4",
    "🌶🖥, 2",
    "🦀🪙, 4",
    "é, 1",
    "→µ…, 3"
  })
  void widthOnATerminal(String text, int columns) {
    assertEquals(columns, Columns.width(text));
  }
}
