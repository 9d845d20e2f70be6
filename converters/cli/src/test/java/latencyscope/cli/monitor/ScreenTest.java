package latencyscope.cli.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.Golden;
import latencyscope.monitor.Made;
import latencyscope.monitor.Snapshot;
import latencyscope.monitor.View;
import latencyscope.report.Columns;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final Made made = new Made();

  private static Header header(boolean paused, String message) {
    return new Header(
        "pid 4000 java", 83, "0.4 %", 10_000, 10_000, 1_000_000, paused, message, ZoneOffset.UTC);
  }

  private Made trading() {
    made.waits(1, "strategy", 9_100, 4.12, "sh", 77).waits(1, "strategy", 9_200, 0.8, "sh", 77);
    made.waits(2, "マーケットデータ-feed-注文管理-0001", 9_300, 12.5, "kworker/1:2", 52);
    made.off(2, "マーケットデータ-feed-注文管理-0001", 8_000, 990, 0);
    made.faults(3, "risk\u001b[31m\nred", 9_400, 7.25).softirq(1, "strategy", 9_500, 0.061);
    for (int i = 0; i < 12; i++) {
      made.waits(10 + i, "pool-1-thread-" + i, 9_600 + i, 0.015 + i / 1_000.0, "sh", 77);
    }
    made.model.looked(
        Map.of(0, 0.07, 1, 1.0, 2, 0.0, 3, 0.55), Map.of(1, Map.of(1L, "strategy", 2L, "feed")));
    return made.complete(10_000);
  }

  private static String text(List<Line> lines) {
    return lines.stream()
        .map(line -> line.text().stripTrailing())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static List<Line> checked(Screen screen, int width, int height) {
    List<Line> lines = screen.lines(width, height);
    assertEquals(height, lines.size());
    lines.forEach(line -> {
      assertTrue(Columns.width(line.text()) <= width, line::text);
      assertTrue(line.text().chars().noneMatch(Character::isISOControl), line::text);
    });
    return lines;
  }

  @Test
  void aSmallTerminalShowsThreadsStallsAndCpus() throws Exception {
    Screen screen = new Screen(header(false, ""), trading().shown(10), 1);
    Golden.check("monitor-80x24.txt", text(checked(screen, 80, 24)));
  }

  @Test
  void aLargeTerminalShowsEachCause() throws Exception {
    Screen screen = new Screen(header(false, ""), trading().shown(10), 0);
    Golden.check("monitor-120x40.txt", text(checked(screen, 120, 40)));
  }

  @Test
  void oneThreadShowsItsStalls() throws Exception {
    Snapshot one = trading().model.snapshot(new View(10, View.Order.LOST, 1));
    Golden.check(
        "monitor-thread.txt", text(checked(new Screen(header(true, ""), one, -1), 80, 24)));
  }

  @Test
  void anyTerminalHasRoom() {
    Snapshot shown = trading().shown(60);
    for (int height = 1; height < 60; height++) {
      for (int width : new int[] {1, 10, 40, 80, 200}) {
        checked(new Screen(header(false, "wrote x.jfr"), shown, 14), width, height);
      }
    }
    assertEquals(
        24, checked(new Screen(header(false, ""), new Made().shown(1), -1), 80, 24).size());
  }

  @Test
  void theSelectedThreadIsInSight() {
    for (int selected = 0; selected < 15; selected++) {
      List<Line> lines =
          checked(new Screen(header(false, ""), trading().shown(60), selected), 80, 24);
      assertEquals(1, lines.stream().filter(line -> line.text().startsWith("> ")).count());
    }
  }

  @Test
  void aPipeGetsEachStallOnce() throws Exception {
    PlainText plain = new PlainText();
    List<String> first = plain.block(header(false, ""), trading().shown(10));
    Golden.check("monitor-plain.txt", String.join("\n", first) + "\n");
    made.waits(1, "strategy", 10_500, 2, "cron", 99).complete(11_000);
    List<String> second = plain.block(header(false, ""), made.shown(10));
    List<String> stalls = second.stream().filter(line -> line.contains("  10:00:")).toList();
    assertEquals(1, stalls.size(), stalls::toString);
    assertTrue(stalls.get(0).contains("behind cron (pid 99)"), stalls::toString);
  }

  @Test
  void timesHaveThreeDigits() {
    assertEquals("-", Short.time(0));
    assertEquals("999 ns", Short.time(999));
    assertEquals("1.00 µs", Short.time(1_000));
    assertEquals("12.3 µs", Short.time(12_345));
    assertEquals("123 ms", Short.time(123_456_789));
    assertEquals("1.00 s", Short.time(999_999_999));
    assertEquals("100 s", Short.time(100_000_000_000L));
    assertEquals("10 µs", Short.whole(10_000));
    assertEquals("1500 µs", Short.whole(1_500_000));
    assertEquals("1:02:03", Short.clock(3_723));
    assertEquals("a?u|b~", Words.ascii("aéµ·b…"));
  }
}
