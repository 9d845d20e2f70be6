package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How small the smallest chance of a fleet is where nothing changes: its days in random order, many
 * times. Real days have outliers, so that the noise model's chances are too small. Used by one
 * thread.
 */
final class Shuffles {
  private static final int COUNT = 1_000;

  private final Map<Group, List<Row>> rows = new HashMap<>();

  /** Series of which the largest t has the smallest chance. */
  private record Group(NoiseModel noise, int days) {}

  private record Row(int host, double[] logs) {}

  /**
   * Adds a series.
   *
   * @param logs its logarithms, day by day
   * @param change where it has changed, which is taken out; 0 if it has not
   */
  void add(Series series, double[] logs, int change, NoiseModel noise) {
    double[] rest = logs.clone();
    centre(rest, 0, change);
    centre(rest, change, rest.length);
    if (change > 0) {
      // Two means were taken out, which makes the rest smaller.
      double larger = Math.sqrt(rest.length / (rest.length - 2.0));
      Arrays.setAll(rest, i -> larger * rest[i]);
    }
    rows.computeIfAbsent(new Group(noise, rest.length), group -> new ArrayList<>())
        .add(new Row(series.host().hashCode(), rest));
  }

  private static void centre(double[] values, int from, int to) {
    double mean = Arrays.stream(values, from, to).average().orElse(0);
    for (int i = from; i < to; i++) {
      values[i] -= mean;
    }
  }

  /** The chance that the best split of all series undercuts in this share of the fleets. */
  double limit(double share) {
    double[] least = new double[COUNT];
    for (int shuffle = 0; shuffle < COUNT; shuffle++) {
      least[shuffle] = 1;
      for (Map.Entry<Group, List<Row>> group : rows.entrySet()) {
        NoiseModel noise = group.getKey().noise();
        double most = 0;
        for (Row row : group.getValue()) {
          double[] days = row.logs().clone();
          // All measures of a host in the same order: they have their bad days together.
          shuffle(days, new SplittableRandom(31L * row.host() + shuffle));
          most = Math.max(most, noise.largest(days));
        }
        least[shuffle] = Math.min(least[shuffle], noise.chance(most, group.getKey().days()));
      }
    }
    Arrays.sort(least);
    return least[(int) (share * COUNT)];
  }

  private static void shuffle(double[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      double value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }
}
