package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import latencyscope.analysis.Table;
import org.junit.jupiter.api.Test;

class GridTest {
  private static List<String> lines(Object... cells) {
    List<List<Object>> rows =
        Arrays.stream(cells).<List<Object>>map(c -> Arrays.asList("行情", c)).toList();
    return new Grid(new Table("t", List.of("Thread", "Max"), rows, 0), 40).lines();
  }

  @Test
  void allTimesHaveOneUnitAndThreeDigits() {
    assertEquals(
        List.of(
            "Thread          Max",
            "行情      15,800 µs",
            "行情        4.10 µs",
            "行情       0.322 µs",
            "行情           0 µs",
            "行情              -"),
        lines(
            Duration.ofNanos(15_843_210),
            Duration.ofNanos(4_100),
            Duration.ofNanos(322),
            Duration.ZERO,
            null));
  }

  @Test
  void longTimesAreInMilliseconds() {
    assertEquals(
        List.of("Thread          Max", "行情       5,030 ms", "行情      0.0128 ms"),
        lines(Duration.ofNanos(5_034_000_000L), Duration.ofNanos(12_847)));
  }

  @Test
  void nanosecondsAreWhole() {
    assertEquals(List.of("Thread     Max", "行情      9 ns"), lines(Duration.ofNanos(9)));
  }
}
