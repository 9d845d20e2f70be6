package latencyscope.fleet.compare;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import latencyscope.fleet.page.FleetPage;
import latencyscope.fleet.page.FleetText;
import org.junit.jupiter.api.Test;

/**
 * What is found with the noise of real captures. {@code scripts/fleet-alarms.sh} does it with more
 * fleets than one.
 */
class MeasuredFleetsTest {
  private static final int HOSTS = 50;
  private static final int DAYS = 10;
  private static final int FLEETS = Integer.getInteger("fleet.measured", 1);

  /** Where the page is to be kept, for people; null for nowhere. */
  private static final String PAGE = System.getProperty("fleet.measured.page");

  private static final List<Cause> CAUSES =
      List.of(
          new Cause("runqueue_preempted", Measure.Statistic.P99, 3, 8, 5, 1.7, "kernel"),
          new Cause("fault_java_heap", Measure.Statistic.RATE, 11, 4, 4, 3, "transparent_hugepage"),
          new Cause("stolen_local", Measure.Statistic.P99, 29, 1, 6, 2.5, null),
          new Cause("net_time", Measure.Statistic.P99, 41, 1, 6, 2.5, null));

  /** What is worse on hosts from a day on, and the setting that changed then. */
  private record Cause(
      String measure,
      Measure.Statistic statistic,
      int firstHost,
      int hosts,
      int day,
      double factor,
      String setting) {
    boolean isOn(int host) {
      return host >= firstHost && host < firstHost + hosts;
    }

    void apply(List<Series> fleet) {
      for (Series series : fleet) {
        int host = Integer.parseInt(series.host().substring("host".length()));
        if (isOn(host)
            && series.measure().name().equals(measure)
            && series.measure().statistic() == statistic) {
          for (int i = day; i < DAYS; i++) {
            series.values()[i] *= factor;
          }
        }
      }
    }

    void settings(List<FleetData.FactDay> facts) {
      List<String> days = MeasuredNoise.days(DAYS);
      for (int host = 0; setting != null && host < HOSTS; host++) {
        for (int i = 0; i < DAYS; i++) {
          String value = isOn(host) && i >= day ? "new" : "old";
          facts.add(new FleetData.FactDay(MeasuredNoise.host(host), days.get(i), setting, value));
        }
      }
    }
  }

  private static FleetReport report(List<Series> series) {
    List<FleetData.FactDay> facts = new ArrayList<>();
    CAUSES.forEach(cause -> cause.settings(facts));
    return FleetReport.of(new FleetData(series, List.of(), facts, List.of(), List.of()));
  }

  @Test
  void whatIsWorseIsFoundAndNothingElse() throws Exception {
    MeasuredNoise noise = MeasuredNoise.read();
    Map<String, Integer> found = new LinkedHashMap<>();
    int alarms = 0;
    int withoutCause = 0;
    for (int seed = 1; seed <= FLEETS; seed++) {
      List<Series> series = noise.fleet(HOSTS, DAYS, new Random(seed));
      withoutCause += report(series).regressions().isEmpty() ? 0 : 1;
      CAUSES.forEach(cause -> cause.apply(series));
      FleetReport report = report(series);
      int expected = 0;
      for (Cause cause : CAUSES) {
        boolean isFound =
            report.regressions().stream()
                .anyMatch(one -> one.measure().name().equals(cause.measure));
        expected += isFound ? 1 : 0;
        found.merge(cause.measure, isFound ? 1 : 0, Integer::sum);
      }
      boolean isAlarm = report.regressions().size() > expected;
      alarms += isAlarm ? 1 : 0;
      found.merge("hosts by themselves: runqueue_preempted", byThemselves(report), Integer::sum);
      if (PAGE != null && seed == 1) {
        Files.writeString(Path.of(PAGE), FleetPage.of(report));
        System.out.println(FleetText.of(report, 120));
      }
    }
    String result =
        String.format(
            "measured %d fleets: %s; false alarms: %d, and %d where settings changed nothing",
            FLEETS, found, alarms, withoutCause);
    if (FLEETS > 1) {
      System.out.println(result);
    }
    assertTrue(alarms + withoutCause <= 1 + 0.03 * FLEETS, result);
    assertTrue(found.get("fault_java_heap") >= 0.9 * FLEETS, result);
    assertTrue(found.get("runqueue_preempted") >= 0.8 * FLEETS, result);
  }

  private static int byThemselves(FleetReport report) {
    return report.changes().stream()
            .anyMatch(
                one -> one.isWorse() && one.series().measure().name().equals("runqueue_preempted"))
        ? 1
        : 0;
  }
}
