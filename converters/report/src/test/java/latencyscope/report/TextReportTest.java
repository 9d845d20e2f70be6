package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.ZoneId;
import java.util.stream.Stream;
import latencyscope.Golden;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.Fixture;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextReportTest {
  private static final ZoneId ZONE = ZoneId.of("UTC");

  private static Style width(int columns) {
    return new Style(columns, false, false, ZONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {66, 80, 120})
  void badDayInThreeWidths(int columns) throws IOException {
    Report report =
        Fixture.badDay()
            .add(
                "RecordsLost",
                "module",
                "isolation",
                "type",
                "latencyscope.RunQueueWait",
                "count",
                1_204L,
                "reason",
                "ring buffer full")
            .report(
                new Limit("isolation.p99_runqueue_ns", 1_000),
                new Limit("isolation.max_runqueue_ns", 50_000),
                new Limit("isolation.p99_999_runqueue_ns", 1_000));
    Golden.check("bad-day-" + columns + ".txt", TextReport.of(report, width(columns)));
  }

  @Test
  void goodDay() throws IOException {
    Report report = Fixture.goodDay().report();
    assertEquals(0, report.exitCode());
    Golden.check("good-day.txt", TextReport.of(report, Style.plain(ZONE)));
  }

  @Test
  void badDayOfMemory() throws IOException {
    Report report = MemoryFixture.badDay().report();
    assertEquals(2, report.exitCode());
    Golden.check("bad-memory.txt", TextReport.of(report, width(80)));
  }

  @Test
  void asciiWhereTheCharsetHasNoMore() {
    Style ascii = new Style(68, false, true, ZONE);
    String text = TextReport.of(Fixture.badDay().report(), ascii);
    assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127), text);
    assertTrue(text.contains("| ISOLATION VERIFIER"), text);
  }

  @Test
  void coloursOnlyWhereAskedFor() {
    Report report = Fixture.badDay().report();
    assertFalse(TextReport.of(report, Style.plain(ZONE)).contains("\u001b"));
    String coloured = TextReport.of(report, new Style(Style.DEFAULT_WIDTH, true, false, ZONE));
    assertTrue(coloured.contains("\u001b[1;31m[FAIL]\u001b[0m"), coloured);
    assertEquals(
        TextReport.of(report, Style.plain(ZONE)), coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
  }

  static Stream<String> names() {
    return Stream.of(
        "行情处理线程行情处理线程行情处理线程行情处理线程行情处理线程",
        "한국어 스레드 이름이 아주 길어서 상자를 깨뜨릴 수도 있는 경우",
        "a-thread-name-without-any-space-that-does-not-fit-into-a-box-of-this-width",
        "e\u0301-combining",
        "steers \u001b[2J the \r\n terminal");
  }

  @ParameterizedTest
  @MethodSource("names")
  void noNameBreaksABox(String name) {
    ThreadId thread = new ThreadId(4720, name, 0);
    Report report =
        new Fixture()
            .capture("4-7", "")
            .wait(thread, 0, 50_000, 4, "preempted", name, 33)
            .wait(thread, 0, 50_000, 4, "wakeup", name, 33)
            .count("involuntary_switches", thread, 1)
            .count("involuntary_switches_monitored", thread, 1)
            .report();
    for (int columns : new int[] {48, 68, 100}) {
      String text = TextReport.of(report, width(columns));
      for (String line : text.split("\n")) {
        boolean boxed = line.startsWith("│") || line.startsWith("╭") || line.startsWith("╰");
        int width = Columns.width(line);
        assertTrue(boxed ? width == columns : width <= columns, width + ": " + line);
        assertTrue(line.chars().noneMatch(Character::isISOControl), line);
      }
    }
  }
}
