package latencyscope.fleet.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import latencyscope.fleet.page.FleetPage;
import latencyscope.fleet.page.FleetText;
import org.junit.jupiter.api.Test;

/** Hosts that had the same update, against the others, with the noise of real captures. */
class SettingChangesTest {
  private static final int HOSTS = 50;
  private static final int DAYS = 10;
  private static final int UPDATED = 8;
  private static final int FROM = 6;
  private static final String MEASURE = "runqueue_preempted";

  /** Fleets of each kind in which nothing changes. */
  private static final int FLEETS = Integer.getInteger("fleet.settings", 100);

  private final Random random = new Random(22);

  /** A setting that changes on the first hosts, and one that all have. */
  private static List<FleetData.FactDay> facts(String name, int updated) {
    List<FleetData.FactDay> facts = new ArrayList<>();
    List<String> days = MeasuredNoise.days(DAYS);
    for (int host = 0; host < HOSTS; host++) {
      for (int day = 0; day < DAYS; day++) {
        String value = host < updated && day >= FROM ? "6.18.2" : "6.18.1";
        facts.add(new FleetData.FactDay(MeasuredNoise.host(host), days.get(day), name, value));
      }
    }
    return facts;
  }

  private static List<Series> worse(List<Series> fleet, int hosts, double factor) {
    List<String> names = IntStream.range(0, hosts).mapToObj(MeasuredNoise::host).toList();
    for (Series series : fleet) {
      Measure measure = series.measure();
      if (names.contains(series.host())
          && measure.name().equals(MEASURE)
          && measure.statistic() == Measure.Statistic.P99) {
        for (int day = FROM; day < DAYS; day++) {
          series.values()[day] *= factor;
        }
      }
    }
    return fleet;
  }

  private static SettingChanges compared(List<Series> fleet, List<FleetData.FactDay> facts) {
    List<Change> unsure =
        fleet.stream().map(series -> new Change(series, series.days().get(2), 1, 1, 1)).toList();
    return new SettingChanges(unsure, new SettingHistory(facts));
  }

  @Test
  void anUpdateThatChangesNothingIsNotCalledWorse() throws Exception {
    MeasuredNoise noise = MeasuredNoise.read();
    int alarms = 0;
    int[] groups = {3, 4, UPDATED, 25};
    for (int updated : groups) {
      for (int i = 0; i < FLEETS; i++) {
        SettingChanges changes =
            compared(noise.fleet(HOSTS, DAYS, random), facts("kernel", updated));
        assertTrue(changes.comparisons() >= 10, changes.comparisons() + " comparisons");
        alarms += changes.worse().isEmpty() ? 0 : 1;
      }
    }
    assertFew("settings that change nothing", alarms, groups.length * FLEETS);
  }

  /** At most 1 of 200 fleets is what is said, as decreases are no alarm. */
  private static void assertFew(String kind, int alarms, int fleets) {
    String result = kind + ": false alarms in " + alarms + " of " + fleets + " fleets";
    if (FLEETS > 100) {
      System.out.println("measured " + result);
    }
    double said = fleets / 200.0;
    assertTrue(alarms <= said + 3 * Math.sqrt(said), result);
  }

  /** Of each host by itself that is unsure: its P99 is 42 % larger or smaller each day. */
  @Test
  void hostsThatAreUnsureByThemselvesAreSureTogether() throws Exception {
    MeasuredNoise noise = MeasuredNoise.read();
    int found = 0;
    int fleets = 50;
    for (int i = 0; i < fleets; i++) {
      List<Series> fleet = worse(noise.fleet(HOSTS, DAYS, random), UPDATED, 1.7);
      List<Together> worse = compared(fleet, facts("kernel", UPDATED)).worse();
      found += worse.stream().anyMatch(one -> one.measure().name().equals(MEASURE)) ? 1 : 0;
    }
    assertTrue(found >= 0.7 * fleets, found + " of " + fleets);
  }

  @Test
  void theReportSaysSo() throws Exception {
    List<Series> fleet =
        worse(MeasuredNoise.read().fleet(HOSTS, DAYS, new Random(3)), UPDATED, 1.9);
    FleetReport report =
        FleetReport.of(
            new FleetData(fleet, List.of(), facts("kernel", UPDATED), List.of(), List.of()));
    Regression waits = report.regressions().get(0);
    assertEquals(MEASURE, waits.measure().name());
    assertEquals(UPDATED, waits.together().changes().size());
    assertEquals(HOSTS - UPDATED, waits.together().others());
    String text = FleetText.of(report, 200);
    String together = "Together on 8 hosts on which kernel changed (6.18.1 → 6.18.2): ×";
    assertTrue(text.contains(together), text);
    assertTrue(text.contains(" against 42 other hosts, chance "), text);
    assertTrue(text.contains("In common: kernel 6.18.1 → 6.18.2 (8 of 8"), text);
    String page = FleetPage.of(report);
    assertTrue(page.contains("Together on 8 hosts on which kernel changed"));
    assertTrue(page.contains(" together with 7 hosts"), "a cell says so");
  }

  /** The updated hosts are those that scatter most, each three times as far as the others do. */
  @Test
  void noisyHostsAreNoChange() throws Exception {
    MeasuredNoise noise = MeasuredNoise.read();
    int alarms = 0;
    int[] groups = {3, 4, UPDATED};
    for (int updated : groups) {
      List<String> noisy = IntStream.range(0, updated).mapToObj(MeasuredNoise::host).toList();
      for (int i = 0; i < FLEETS; i++) {
        List<Series> fleet = noise.fleet(HOSTS, DAYS, random);
        for (Series series : fleet) {
          double[] values = series.values();
          if (noisy.contains(series.host())) {
            Arrays.setAll(values, day -> 1_000 * Math.pow(values[day] / 1_000, 3));
          }
        }
        alarms += compared(fleet, facts("kernel", updated)).worse().isEmpty() ? 0 : 1;
      }
    }
    assertFew("settings of noisy hosts", alarms, groups.length * FLEETS);
  }

  @Test
  void aBadDayOfAllIsNoChange() throws Exception {
    for (int i = 0; i < 20; i++) {
      List<Series> fleet = worse(MeasuredNoise.read().fleet(HOSTS, DAYS, random), HOSTS, 3);
      assertEquals(List.of(), compared(fleet, facts("kernel", UPDATED)).worse());
    }
  }

  @Test
  void oneWildHostDoesNotSpeakForTheOthers() throws Exception {
    for (int i = 0; i < 20; i++) {
      List<Series> fleet = worse(MeasuredNoise.read().fleet(HOSTS, DAYS, random), 1, 1_000);
      assertEquals(List.of(), compared(fleet, facts("kernel", UPDATED)).worse());
    }
  }

  /** Two settings that changed on the same days of the same hosts cannot be told apart. */
  @Test
  void whatChangedTogetherIsComparedOnce() throws Exception {
    List<Series> fleet = MeasuredNoise.read().fleet(HOSTS, DAYS, random);
    List<FleetData.FactDay> both = new ArrayList<>(facts("microcode", UPDATED));
    both.addAll(facts("kernel", UPDATED));
    SettingChanges one = compared(fleet, facts("kernel", UPDATED));
    assertEquals(one.comparisons(), compared(fleet, both).comparisons());
    both.addAll(facts("other", UPDATED - 1));
    assertEquals(2 * one.comparisons(), compared(fleet, both).comparisons());
  }

  @Test
  void withoutOthersNothingIsCompared() throws Exception {
    List<Series> fleet = MeasuredNoise.read().fleet(HOSTS, DAYS, random);
    assertEquals(0, compared(fleet, facts("kernel", HOSTS)).comparisons());
    assertEquals(0, compared(fleet, facts("kernel", 2)).comparisons());
  }
}
