package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.analysis.Report;
import latencyscope.ledger.lost.LossKind;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.recording.EngineRecording;
import latencyscope.recording.Fixture;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstScreenTest {
  private static final ZoneId ZONE = ZoneId.of("UTC");

  @TempDir Path directory;

  private static String screen(Report report, int columns, int top) {
    return TextReport.firstScreen(report, new Style(columns, false, false, ZONE), top);
  }

  private Report engine() throws Exception {
    Path file = Files.write(directory.resolve("engine.jfr"), EngineRecording.bytes());
    return Report.read(consumer -> Recording.read(List.of(file), consumer), List.of());
  }

  /** A real recording, with names of threads in Chinese. */
  @ParameterizedTest
  @ValueSource(ints = {80, 120})
  void fitsAScreen(int columns) throws Exception {
    List<String> lines = screen(engine(), columns, 0).lines().toList();
    assertTrue(lines.size() <= 24, lines.size() + " lines");
    lines.forEach(line -> assertTrue(Columns.width(line) <= columns, line));
    assertTrue(lines.get(1).startsWith("[WARN]"), "the verdict is first: " + lines.get(1));
  }

  @Test
  void eachCauseHasItsCommand() {
    String screen = screen(Fixture.badDay().report(), 80, 0);
    assertTrue(
        screen.contains(
            "  2. kworker/4:0 preempted strategy: 46 times, 239 µs, worst 12.8 µs\n"
                + "     sysctl -w vm.stat_interval=120\n"),
        screen);
  }

  @Test
  void asManyCausesAsAskedFor() {
    Report report = Fixture.badDay().report();
    assertFalse(screen(report, 80, 1).contains("  2. "));
    assertTrue(screen(report, 80, 1).contains("and 4 more causes (--top N)"));
    assertTrue(screen(report, 80, 9).contains("  5. "));
  }

  @Test
  void theWholeReportBeginsWithIt() {
    Report report = Fixture.badDay().report();
    assertTrue(TextReport.of(report, Style.plain(ZONE)).startsWith(screen(report, 80, 0)));
  }

  @Test
  void aQuietDayHasNoCause() {
    assertTrue(
        screen(Fixture.goodDay().report(), 80, 0).contains("No cause of latency was found."));
  }

  private static ThreadLoss loss(ThreadLoss.Part... parts) {
    long lost = Stream.of(parts).mapToLong(ThreadLoss.Part::ns).sum();
    return new ThreadLoss(
        new ThreadId(1, "strategy", 1),
        ThreadLoss.Why.BUSY,
        100,
        lost,
        0,
        List.of(parts),
        List.of());
  }

  @Test
  void aBarIsAsLongAsTheTimeItStandsFor() {
    ThreadLoss loss =
        loss(
            new ThreadLoss.Part(LossKind.CPU_WAIT, 40, 1, 40),
            new ThreadLoss.Part(LossKind.INTERRUPTS, 14, 1, 14),
            new ThreadLoss.Part(LossKind.MEMORY, 6, 1, 6));
    assertEquals("████▒░····", LossBar.of(loss, 10));
    assertEquals("··········", LossBar.of(loss(), 10));
  }

  /** What does not fit the line is added up, so that nothing is missing. */
  @Test
  void theLegendAddsUp() {
    ThreadLoss loss =
        loss(
            new ThreadLoss.Part(LossKind.CPU_WAIT, 40, 1, 40),
            new ThreadLoss.Part(LossKind.INTERRUPTS, 14, 1, 14),
            new ThreadLoss.Part(LossKind.MEMORY, 6, 1, 6));
    assertEquals(
        "█ CPU wait 40 ns  ▒ interrupts 14 ns  ░ page faults 6 ns", LossBar.legend(loss, 80));
    assertEquals("█ CPU wait 40 ns  other 20 ns", LossBar.legend(loss, 30));
  }
}
