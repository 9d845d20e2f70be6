package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds for each host and measure the day since which it differs most from before.
 *
 * <p>Days are what is compared, not occurrences: these come in bursts, and two days differ by more
 * than their occurrences can explain. All splits of all series are comparisons, and the chance is
 * corrected for their number (Bonferroni), as {@code diff} does. Where the fleet's days in random
 * order have smaller chances than that allows, it is corrected by these ({@link Shuffles}).
 */
public final class ChangeFinder {
  /** Days that each side has at least: one day may be an accident. */
  static final int LEAST_DAYS = 2;

  /** Further back, a host's own past says little. */
  private static final int MOST_DAYS = 60;

  private ChangeFinder() {}

  /** A split of a series: how its sides differ, and how much days scatter within them. */
  private record Split(int at, double difference, double inverses, double variance) {}

  /** How many comparisons a series takes. */
  static int comparisons(Series series) {
    return Math.max(0, Math.min(MOST_DAYS, series.size()) - 2 * LEAST_DAYS + 1);
  }

  /** The changes of all series that have enough days, in their order. */
  public static List<Change> find(List<Series> all) {
    int comparisons = all.stream().mapToInt(ChangeFinder::comparisons).sum();
    Map<Measure, List<Series>> byMeasure = new TreeMap<>();
    for (Series series : all) {
      if (comparisons(series) > 0) {
        byMeasure.computeIfAbsent(series.measure(), m -> new ArrayList<>()).add(series);
      }
    }
    List<Best> best = new ArrayList<>();
    byMeasure.values().forEach(hosts -> best.addAll(ofMeasure(hosts)));
    Shuffles shuffles = new Shuffles();
    for (Best one : best) {
      int change = one.chance() * comparisons <= Change.SURE ? one.split().at() : 0;
      shuffles.add(one.series(), logs(one.series()), change, one.noise());
    }
    double correction =
        best.isEmpty() ? 1 : Math.max(comparisons, Change.SURE / shuffles.limit(Change.SURE));
    return best.stream()
        .map(one -> change(one.series(), one.split(), Math.min(1, one.chance() * correction)))
        .toList();
  }

  /** The split of a series that is least likely, before the correction. */
  private record Best(Series series, Split split, double chance, NoiseModel noise) {}

  private static List<Best> ofMeasure(List<Series> hosts) {
    List<List<Split>> splits = new ArrayList<>();
    List<Double> variances = new ArrayList<>();
    List<Double> freedoms = new ArrayList<>();
    for (Series series : hosts) {
      List<Split> ofHost = splits(logs(series));
      splits.add(ofHost);
      // Not the best split's, which would be too small.
      variances.add(ofHost.get(ofHost.size() / 2).variance());
      freedoms.add(Math.min(MOST_DAYS, series.size()) - 2.0);
    }
    NoiseModel noise = NoiseModel.of(variances, freedoms);
    List<Best> all = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      double freedom = freedoms.get(i);
      Split best = null;
      double least = Double.POSITIVE_INFINITY;
      for (Split split : splits.get(i)) {
        double chance =
            noise.chance(split.difference(), split.inverses(), split.variance(), freedom);
        if (chance < least) {
          least = chance;
          best = split;
        }
      }
      all.add(new Best(hosts.get(i), best, least, noise));
    }
    return all;
  }

  /** The logarithms of the last days' values, at most {@link #MOST_DAYS}. */
  static double[] logs(Series series) {
    int days = Math.min(MOST_DAYS, series.size());
    double[] logs = new double[days];
    for (int i = 0; i < days; i++) {
      logs[i] = Math.log(series.values()[series.size() - days + i]);
    }
    return logs;
  }

  private static List<Split> splits(double[] logs) {
    int days = logs.length;
    double all = 0;
    double squares = 0;
    double mean = Arrays.stream(logs).sum() / days;
    for (int i = 0; i < days; i++) {
      // From the mean: squares of large logarithms would leave no digits for a small scatter.
      logs[i] -= mean;
      all += logs[i];
      squares += logs[i] * logs[i];
    }
    List<Split> splits = new ArrayList<>();
    double before = 0;
    for (int at = 1; at < days; at++) {
      before += logs[at - 1];
      if (at >= LEAST_DAYS && at <= days - LEAST_DAYS) {
        double first = before / at;
        double second = (all - before) / (days - at);
        double within = squares - first * before - second * (all - before);
        splits.add(
            new Split(
                at,
                second - first,
                1.0 / at + 1.0 / (days - at),
                Math.max(0, within) / (days - 2)));
      }
    }
    return splits;
  }

  private static Change change(Series series, Split split, double chance) {
    int first = series.size() - Math.min(MOST_DAYS, series.size());
    double[] logs = logs(series);
    double before = 0;
    for (int i = 0; i < split.at(); i++) {
      before += logs[i] / split.at();
    }
    return new Change(
        series,
        series.days().get(first + split.at()),
        Math.exp(before),
        Math.exp(before + split.difference()),
        chance);
  }
}
