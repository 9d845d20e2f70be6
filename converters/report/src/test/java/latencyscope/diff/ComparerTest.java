package latencyscope.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.Set;
import latencyscope.Golden;
import latencyscope.analysis.Report;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import latencyscope.report.DiffText;
import latencyscope.report.JsonReport;
import latencyscope.report.Style;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparerTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);

  private static ReportFile file(String name, Report report) throws IOException {
    return new ReportFile(Path.of(name), new ObjectMapper().readTree(JsonReport.of(report)));
  }

  private static Comparison compare(Report before, Report after, String... limits)
      throws IOException {
    return Comparer.compare(
        file("before.json", before),
        file("after.json", after),
        List.of(limits).stream().map(GrowthLimit::parse).toList());
  }

  /** Waits that are log-normal, with a median. */
  private static Report waits(long seed, int count, double medianNs, long switches) {
    Random random = new Random(seed);
    Histogram histogram = new Histogram(3);
    for (int i = 0; i < count; i++) {
      histogram.recordValue((long) (medianNs * Math.exp(random.nextGaussian())));
    }
    return new Fixture()
        .capture("4-7", "4-7")
        .probe("isolation", "ls_sched_switch", "attached", null, null)
        .countsOfZero(STRATEGY)
        .count("involuntary_switches", STRATEGY, switches)
        .distribution("runqueue_wakeup", STRATEGY, histogram, histogram.getMaxValue())
        .report();
  }

  private static Row row(Comparison comparison, String measure) {
    return comparison.rows().stream()
        .filter(row -> row.measure().equals(measure))
        .findFirst()
        .orElseThrow(() -> new AssertionError(measure + " not in " + comparison.rows()));
  }

  @Test
  void aReportIsNoWorseThanItself() throws IOException {
    Comparison comparison = compare(Fixture.badDay().report(), Fixture.badDay().report());
    assertEquals(0, comparison.exitCode());
    assertTrue(
        comparison.rows().stream().allMatch(row -> row.verdict() == Row.Verdict.SAME),
        comparison.rows()::toString);
    assertEquals(List.of(), comparison.newFindings());
    assertEquals(List.of(), comparison.goneFindings());
  }

  /** Captures of the same differ: of 200 pairs, about as many may be told apart as is promised. */
  @Test
  void chanceIsNotCalledWorse() throws IOException {
    int wrong = 0;
    for (int i = 0; i < 200; i++) {
      Comparison comparison =
          compare(waits(2 * i, 2_000, 2_000, 100), waits(2 * i + 1, 2_000, 2_000, 110));
      wrong += comparison.count(Row.Verdict.WORSE) + comparison.count(Row.Verdict.BETTER);
    }
    assertTrue(wrong <= 6, wrong + " of 200");
  }

  /** Half the rate in twice the time of its module, while all modules together took as long. */
  @Test
  void ratesAreThoseOfTheModulesOwnTime() throws IOException {
    Comparison comparison = compare(switches(10, 20_000), switches(20, 20_000));
    Row row = row(comparison, "Involuntary switches");
    assertEquals(2_000, row.before());
    assertEquals(1_000, row.after());
    assertEquals(Row.Verdict.BETTER, row.verdict());
  }

  private static Report switches(long seconds, long switches) {
    long ns = seconds * 1_000_000_000;
    return new Fixture()
        .capture("4-7", "4-7")
        .moduleCapture("isolation", 0, ns, 0, ns)
        .probe("isolation", "ls_sched_switch", "attached", null, null)
        .countsOfZero(STRATEGY)
        .count("involuntary_switches", STRATEGY, switches)
        .report();
  }

  @Test
  void whatGotWorseIsFound() throws IOException {
    Comparison comparison = compare(waits(1, 5_000, 2_000, 100), waits(2, 5_000, 2_600, 400));
    assertEquals(Row.Verdict.WORSE, row(comparison, "Runqueue latency P50").verdict());
    assertEquals(Row.Verdict.WORSE, row(comparison, "Involuntary switches").verdict());
    assertEquals(10.0, row(comparison, "Involuntary switches").before(), 1e-9);
    assertTrue(row(comparison, "Involuntary switches").chance() < 1e-6);
    assertNull(row(comparison, "Runqueue latency max").chance());
    assertEquals(1, comparison.exitCode());
    Comparison back = compare(waits(2, 5_000, 2_600, 400), waits(1, 5_000, 2_000, 100));
    assertEquals(Row.Verdict.BETTER, row(back, "Runqueue latency P50").verdict());
    assertEquals(0, back.exitCode());
  }

  /** Where the median is where it was and the tail is not. */
  @Test
  void aTailThatGrewIsFound() throws IOException {
    Comparison comparison = compare(Fixture.badDay().report(), Fixture.badDay().report());
    assertEquals(Row.Verdict.SAME, row(comparison, "Runqueue latency P99").verdict());
    Report slow = tail(8_000);
    Comparison grown = compare(tail(1_000), slow);
    assertEquals(Row.Verdict.SAME, row(grown, "Runqueue latency P50").verdict());
    assertEquals(Row.Verdict.WORSE, row(grown, "Runqueue latency P99.9").verdict());
  }

  private static Report tail(long ns) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(500, 20_000);
    for (int i = 0; i < 100; i++) {
      histogram.recordValue(ns + i * 10);
    }
    return new Fixture()
        .capture("4-7", "4-7")
        .probe("isolation", "ls_sched_switch", "attached", null, null)
        .distribution("runqueue_wakeup", STRATEGY, histogram, histogram.getMaxValue())
        .report();
  }

  @Test
  void limitsAreAbsoluteOrRelative() throws IOException {
    Report before = waits(1, 5_000, 2_000, 100);
    Report after = waits(2, 5_000, 2_000, 109);
    String key = "isolation.involuntary_switches=";
    assertEquals(0, compare(before, after, key + "+10%").exitCode());
    assertEquals(2, compare(before, after, key + "+8%").exitCode());
    assertEquals(0, compare(before, after, key + "109").exitCode());
    assertEquals(2, compare(before, after, key + "108").exitCode());
    // What was not captured does not pass.
    assertEquals(2, compare(before, after, "memory.major_fault_count=+10%").exitCode());
  }

  @Test
  void badDayAgainstGoodDay() throws IOException {
    Comparison comparison =
        compare(
            Fixture.goodDay().report(),
            Fixture.badDay().report(),
            "isolation.max_runqueue_ns=+10%",
            "isolation.involuntary_switches=1e9");
    Golden.check(
        "diff.txt", DiffText.of(comparison, new Style(80, false, false, ZoneId.of("UTC"))));
    Golden.check("diff.json", JsonReport.of(comparison));
    String schema = Files.readString(Path.of("..", "..", "docs", "diff.schema.json"));
    assertEquals(
        Set.of(),
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(schema)
            .validate(new ObjectMapper().readTree(JsonReport.of(comparison))));
  }
}
