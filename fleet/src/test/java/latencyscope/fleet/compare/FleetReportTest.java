package latencyscope.fleet.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    int missed = missed(FIRST_SEED, throughTables(FIRST_SEED));
    for (long seed = FIRST_SEED + 1; seed < FIRST_SEED + SEEDS; seed++) {
      missed += missed(seed, new GeneratedFleet(HOSTS, DAYS, true, seed).data());
    }
    // A host with a bad day before it got worse may be too unsure. 13 got worse in each fleet.
    assertTrue(missed <= 0.01 * 13 * SEEDS, missed + " hosts were not found");
  }

  /** The first fleet is exported and read by SQL, which gives the numbers that were generated. */
  private FleetData throughTables(long seed) throws Exception {
    Path tables = directory.resolve("fleet-" + seed);
    try (GeneratedFleet fleet = new GeneratedFleet(HOSTS, DAYS, true, seed)) {
      fleet.export(tables);
    }
    try (Answers answers = new Answers(tables)) {
      FleetData read = FleetReader.read(answers.database());
      FleetData generated = new GeneratedFleet(HOSTS, DAYS, true, seed).data();
      assertEquals(values(generated), values(read));
      assertEquals(Set.copyOf(generated.culprits()), Set.copyOf(read.culprits()));
      assertTrue(Set.copyOf(read.facts()).containsAll(generated.facts()));
      percentileIsThatOfHdrHistogram(answers);
      return read;
    }
  }

  private static Map<String, String> values(FleetData data) {
    Map<String, String> values = new TreeMap<>();
    for (Series series : data.series()) {
      values.put(
          series.host() + " " + series.measure().words(),
          series.days() + " " + Arrays.toString(series.values()));
    }
    return values;
  }

  private static int missed(long seed, FleetData data) throws Exception {
    FleetReport report = FleetReport.of(data);
    String found =
        report.regressions().stream()
            .map(one -> String.format("%s ×%.2f", one.measure().words(), one.factor()))
            .collect(Collectors.joining("; "));
    int missed = missed(report, "fleet " + seed + ": " + found);
    if (SEEDS > 1) {
      System.out.println("fleet " + seed + ": " + found + "; hosts missed: " + missed);
    }
    assertEquals(3, report.regressions().size(), "fleet " + seed + ": " + found);
    shown(report, missed);
    return missed;
  }

  private static void shown(FleetReport report, int missed) throws Exception {
    String text = FleetText.of(report, 120);
    assertTrue(text.contains("\n1. ×"), text);
    assertTrue(
        missed > 0 || text.contains("kernel_build 6.18.1 → 6.18.2 (8 of 8; of the others 0 of "),
        text);
    String page = FleetPage.of(report);
    assertTrue(page.contains("<td class=\"sure\""), "the heat map shows what is sure");
    assertTrue(page.contains("<polyline"), "a host has a curve of what got worse");
    if (PAGE != null) {
      Files.writeString(Path.of(PAGE), page);
    }
  }

  /** How many of the hosts that got worse were not found. */
  private static int missed(FleetReport report, String fleet) {
    List<Regression> found = report.regressions();
    assertTrue(found.size() >= 3, fleet);
    int missed = missed(fleet, found, "runqueue_wakeup", GeneratedFleet.NEW_KERNEL, 1.7);
    missed += missed(fleet, found, "fault_java_heap", GeneratedFleet.NO_HUGE_PAGES, 3);
    missed += missed(fleet, found, "stolen_softirq", List.of(GeneratedFleet.BUSY_NETWORK), 2.5);
    Regression waits = of(found, "runqueue_wakeup");
    assertEquals("kernel_build", waits.common().get(0).name());
    assertEquals("6.18.1 → 6.18.2", waits.common().get(0).value());
    assertEquals("kworker/u#:# (flush_work)", waits.culprits().get(0).culprit());
    assertEquals("transparent_hugepage", of(found, "fault_java_heap").common().get(0).name());
    return missed;
  }

  private static Regression of(List<Regression> found, String measure) {
    return found.subList(0, 3).stream()
        .filter(one -> one.measure().name().equals(measure))
        .findFirst()
        .orElseThrow(() -> new AssertionError(measure + " is not among the first three"));
  }

  /** How many of the hosts were not found. */
  private static int missed(
      String fleet, List<Regression> found, String measure, List<String> hosts, double factor) {
    Regression regression = of(found, measure);
    Set<String> worse =
        regression.worst().stream()
            .map(change -> change.series().host())
            .collect(Collectors.toSet());
    assertTrue(hosts.containsAll(worse), fleet + ", " + measure + " on " + worse);
    assertEquals(factor, regression.factor(), 0.2 * factor, fleet);
    return hosts.size() - worse.size();
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
