package latencyscope.fleet.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import latencyscope.fleet.GeneratedFleet;
import latencyscope.fleet.page.FleetPage;
import latencyscope.fleet.page.FleetText;
import latencyscope.fleet.query.Answers;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 500 recordings of 50 hosts and 10 days, three injected regressions: these come first. */
class FleetReportTest {
  private static final int HOSTS = Integer.getInteger("fleet.hosts", 50);
  private static final int DAYS = 10;
  private static final long FIRST_SEED = Long.getLong("fleet.seed", 1);
  private static final int SEEDS = Integer.getInteger("fleet.seeds", 1);

  /** Where the page is to be kept, for people; null for nowhere. */
  private static final String PAGE = System.getProperty("fleet.page");

  @TempDir private Path directory;

  @Test
  void injectedRegressionsComeFirstAndNothingElse() throws Exception {
    int alarms = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      Path tables = directory.resolve("fleet-" + seed);
      try (GeneratedFleet fleet = new GeneratedFleet(HOSTS, DAYS, true, seed)) {
        fleet.export(tables);
      }
      try (Answers answers = new Answers(tables)) {
        FleetReport report = FleetReport.of(FleetReader.read(answers.database()));
        check(report);
        alarms += report.regressions().size() - 3;
        percentileIsThatOfHdrHistogram(answers);
        shown(report);
      }
    }
    assertEquals(0, alarms, "false alarms in " + SEEDS + " fleets");
  }

  private static void shown(FleetReport report) throws Exception {
    String text = FleetText.of(report, 120);
    assertTrue(text.contains("\n1. ×"), text);
    assertTrue(text.contains("kernel_build 6.18.1 → 6.18.2 (8 of 8; of the others 0 of "), text);
    String page = FleetPage.of(report);
    assertTrue(page.contains("<td class=\"sure\""), "the heat map shows what is sure");
    assertTrue(page.contains("<polyline"), "a host has a curve of what got worse");
    if (PAGE != null) {
      Files.writeString(Path.of(PAGE), page);
    }
  }

  private static void check(FleetReport report) {
    List<Regression> found = report.regressions();
    assertTrue(found.size() >= 3, "regressions: " + found.size());
    check(found, "runqueue_wakeup", GeneratedFleet.NEW_KERNEL, 1.7);
    check(found, "fault_java_heap", GeneratedFleet.NO_HUGE_PAGES, 3);
    check(found, "stolen_softirq", List.of(GeneratedFleet.BUSY_NETWORK), 2.5);
    Regression waits = of(found, "runqueue_wakeup");
    assertEquals("kernel_build", waits.common().get(0).name());
    assertEquals("6.18.1 → 6.18.2", waits.common().get(0).value());
    assertEquals("kworker/u#:# (flush_work)", waits.culprits().get(0).culprit());
    assertEquals("transparent_hugepage", of(found, "fault_java_heap").common().get(0).name());
  }

  private static Regression of(List<Regression> found, String measure) {
    return found.subList(0, 3).stream()
        .filter(one -> one.measure().name().equals(measure))
        .findFirst()
        .orElseThrow(() -> new AssertionError(measure + " is not among the first three"));
  }

  private static void check(
      List<Regression> found, String measure, List<String> hosts, double factor) {
    Regression regression = of(found, measure);
    Set<String> worse =
        regression.worst().stream()
            .map(change -> change.series().host())
            .collect(Collectors.toSet());
    assertEquals(Set.copyOf(hosts), worse, measure);
    assertEquals(factor, regression.factor(), 0.2 * factor, measure);
  }

  private static void percentileIsThatOfHdrHistogram(Answers answers) throws Exception {
    Histogram merged = new Histogram(3);
    answers
        .database()
        .query(
            "SELECT bucket_upper_ns, count FROM measures"
                + " WHERE module = 'network' AND measure = 'delivery' AND host = 'host04'",
            rows -> {
              while (rows.next()) {
                merged.recordValueWithCount(rows.getLong(1), rows.getLong(2));
              }
              return null;
            });
    for (String percent : List.of("50", "90", "99", "99.9")) {
      long bySql =
          answers
              .database()
              .query(
                  "SELECT min(bucket_upper_ns) FROM (SELECT bucket_upper_ns,"
                      + " sum(sum(count)) OVER (ORDER BY bucket_upper_ns) AS up_to,"
                      + " sum(sum(count)) OVER () AS binned FROM measures"
                      + " WHERE module = 'network' AND measure = 'delivery' AND host = 'host04'"
                      + " GROUP BY bucket_upper_ns) AS b WHERE up_to * 100 >= binned * "
                      + percent,
                  rows -> rows.next() ? rows.getLong(1) : -1L);
      assertEquals(merged.getValueAtPercentile(Double.parseDouble(percent)), bySql, percent);
    }
  }
}
