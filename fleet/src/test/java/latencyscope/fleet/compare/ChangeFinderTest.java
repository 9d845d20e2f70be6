package latencyscope.fleet.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Noise is not called a change more often than is said, and a change is found where it is. */
class ChangeFinderTest {
  @Test
  void outliersOfRealCapturesAreNoChange() throws Exception {
    MeasuredNoise noise = MeasuredNoise.read();
    Random random = new Random(7);
    int alarms = 0;
    int fleets = 60;
    for (int fleet = 0; fleet < fleets; fleet++) {
      List<Change> changes = ChangeFinder.find(noise.fleet(50, 10, random));
      alarms += changes.stream().anyMatch(one -> one.isWorse() || one.isBetter()) ? 1 : 0;
    }
    // Without the shuffled days it was 9 of 200. 4 of 60 would come by chance in 0.3 % of such
    // tests.
    assertTrue(alarms <= 3, alarms + " of " + fleets + " fleets had a false alarm");
  }

  private static List<Series> fleet(
      int hosts, int measures, int days, Random random, double scatter, double worse) {
    List<Series> all = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      names.add(String.format("2026-12-%02d", day + 1));
    }
    for (int measure = 0; measure < measures; measure++) {
      for (int host = 0; host < hosts; host++) {
        // Hosts differ in level and in noise.
        double level = Math.exp(2 * random.nextGaussian());
        double noise = scatter * Math.exp(0.3 * random.nextGaussian());
        double[] values = new double[days];
        for (int day = 0; day < days; day++) {
          values[day] = level * Math.exp(noise * random.nextGaussian());
          values[day] *= measure == 0 && host == 0 && day >= 6 ? worse : 1;
        }
        all.add(
            new Series(
                "host" + host,
                new Measure("isolation", "measure" + measure, Measure.Statistic.RATE),
                names,
                values));
      }
    }
    return all;
  }

  @Test
  void noiseIsNotCalledAChange() {
    Random random = new Random(1);
    int fleets = 200;
    int alarms = 0;
    for (int i = 0; i < fleets; i++) {
      List<Change> changes = ChangeFinder.find(fleet(50, 10, 10, random, 0.15, 1));
      alarms += changes.stream().anyMatch(one -> one.isWorse() || one.isBetter()) ? 1 : 0;
    }
    // 1 of 100 is what is said; 7 of 200 would come by chance in 0.5 % of such tests.
    assertTrue(alarms <= 6, alarms + " of " + fleets + " fleets had a false alarm");
  }

  @Test
  void aChangeIsFoundOnItsDay() {
    List<Change> worse =
        ChangeFinder.find(fleet(50, 10, 10, new Random(2), 0.15, 2)).stream()
            .filter(Change::isWorse)
            .toList();
    assertEquals(1, worse.size());
    assertEquals("host0", worse.get(0).series().host());
    assertEquals("2026-12-07", worse.get(0).since());
    assertEquals(2, worse.get(0).factor(), 0.5);
  }

  @Test
  void fewDaysAreNotCompared() {
    assertEquals(List.of(), ChangeFinder.find(fleet(50, 1, 3, new Random(3), 0.1, 1)));
  }

  @Test
  void aSingleHostHasOnlyItsOwnNoise() {
    List<Series> steady = fleet(1, 1, 30, new Random(4), 0.05, 3);
    assertTrue(ChangeFinder.find(steady).get(0).isWorse());
    List<Series> noisy = fleet(1, 1, 30, new Random(5), 0.05, 1);
    assertEquals(false, ChangeFinder.find(noisy).get(0).isWorse());
  }

  @Test
  void fishersTestCountsAsTheTableDoes() {
    // 3 of 3 among 3 of 10: 1 of the 120 choices.
    assertEquals(1 / 120.0, CommonFacts.atLeast(3, 3, 3, 10), 1e-12);
    assertEquals(1, CommonFacts.atLeast(0, 3, 3, 10), 1e-12);
  }
}
