package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares the hosts on which a setting has changed with all others. Where days scatter much, each
 * of eight updated hosts may be too unsure by itself, and the eight together are not.
 *
 * <p>Hosts are what is compared, not days: of each the difference of its means before and since,
 * less what the other hosts did at the same day, so that a bad day of all is no change. It is
 * divided by the host's scatter, its own or the moderated one, whichever is larger: a few noisy
 * hosts are no change either. Two samples of hosts are compared by Student's t test; what is
 * farther out than {@link #FARTHEST} counts as that, since a host with one wild day must not speak
 * for the others. Chances are corrected for the number of settings and measures (Bonferroni).
 */
final class SettingChanges {
  /** Fewer are better compared each by itself. */
  private static final int LEAST_HOSTS = 3;

  /** In standard deviations of the other hosts. */
  private static final double FARTHEST = 3;

  /** Standard deviation of normal values of which the median absolute deviation is 1. */
  private static final double DEVIATION = 1.4826;

  /**
   * A measure may be constant on nearly all hosts, in units of the scatter that is assumed then.
   */
  private static final double LEAST_SCATTER = 0.1;

  /** Of all comparisons, with chances that are not corrected yet. */
  private final List<Together> found = new ArrayList<>();

  private final Map<Measure, Map<String, Series>> series = new TreeMap<>();
  private final Map<Series, Change> byThemselves = new HashMap<>();

  /**
   * A host's measure at a day.
   *
   * @param before mean of the logarithms before
   * @param after the same since then
   * @param inverses sum of 1 / number of days of both sides
   * @param variance of the days within the sides
   */
  private record Step(
      Series series,
      String since,
      double before,
      double after,
      double inverses,
      double variance,
      double freedom) {
    double difference() {
      return after - before;
    }
  }

  /**
   * Compares all.
   *
   * @param changes each host and measure by itself
   */
  SettingChanges(List<Change> changes, SettingHistory settings) {
    for (Change change : changes) {
      Series one = change.series();
      series.computeIfAbsent(one.measure(), measure -> new TreeMap<>()).put(one.host(), one);
      byThemselves.put(one, change);
    }
    groups(settings)
        .forEach(
            (days, setting) -> series.values().forEach(hosts -> compare(setting, days, hosts)));
  }

  /** What changed together is compared once, under the first of the names. */
  private static Map<Map<String, String>, SettingHistory.Setting> groups(SettingHistory settings) {
    Map<Map<String, String>, SettingHistory.Setting> groups = new LinkedHashMap<>();
    settings.changes().entrySet().stream()
        .filter(change -> change.getValue().size() >= LEAST_HOSTS)
        .sorted(
            Comparator.comparing((Map.Entry<SettingHistory.Setting, Map<String, String>> change) ->
                    change.getKey().name())
                .thenComparing(change -> change.getKey().value()))
        .forEach(change -> groups.putIfAbsent(change.getValue(), change.getKey()));
    return groups;
  }

  /** How many comparisons there were. */
  int comparisons() {
    return found.size();
  }

  /** Where hosts got worse together, the surest first. */
  List<Together> worse() {
    return found.stream()
        .map(one ->
            new Together(
                one.name(),
                one.value(),
                one.changes(),
                one.others(),
                one.factor(),
                Math.min(1, one.chance() * comparisons())))
        .filter(Together::isWorse)
        .sorted(Comparator.comparingDouble(Together::chance).thenComparing(Together::name))
        .toList();
  }

  private void compare(
      SettingHistory.Setting setting, Map<String, String> days, Map<String, Series> hosts) {
    List<Step> changed = new ArrayList<>();
    days.forEach((host, day) -> {
      Step step = hosts.containsKey(host) ? step(hosts.get(host), day) : null;
      if (step != null) {
        changed.add(step);
      }
    });
    if (changed.size() < LEAST_HOSTS) {
      return;
    }
    Map<String, Long> byDay =
        changed.stream()
            .collect(
                Collectors.groupingBy(
                    step -> days.get(step.series().host()), TreeMap::new, Collectors.counting()));
    Map<String, List<Step>> others = new HashMap<>();
    for (String day : byDay.keySet()) {
      others.put(day, steps(hosts, days.keySet(), day));
      if (others.get(day).size() < LEAST_HOSTS) {
        return;
      }
    }
    Map<String, Double> usual = new HashMap<>();
    others.forEach((day, steps) ->
        usual.put(day, median(steps.stream().mapToDouble(Step::difference).toArray())));
    String mostOf =
        byDay.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    List<Step> rest = others.get(mostOf);
    NoiseModel noise = noise(changed, rest);
    double[] beyond = new double[changed.size()];
    double[] of = new double[changed.size()];
    for (int i = 0; i < of.length; i++) {
      Step step = changed.get(i);
      beyond[i] = step.difference() - usual.get(days.get(step.series().host()));
      of[i] = standard(beyond[i], step, noise);
    }
    double[] ofOthers =
        rest.stream()
            .mapToDouble(step -> standard(step.difference() - usual.get(mostOf), step, noise))
            .toArray();
    found.add(
        new Together(
            setting.name(),
            setting.value(),
            changed.stream().map(this::change).toList(),
            rest.size(),
            Math.exp(median(beyond)),
            chance(of, ofOthers)));
  }

  private static NoiseModel noise(List<Step> changed, List<Step> others) {
    List<Step> all = new ArrayList<>(changed);
    all.addAll(others);
    return NoiseModel.of(
        all.stream().map(Step::variance).toList(), all.stream().map(Step::freedom).toList());
  }

  /** Steps of the hosts on which the setting did not change. */
  private static List<Step> steps(Map<String, Series> hosts, Set<String> without, String day) {
    List<Step> steps = new ArrayList<>();
    hosts.forEach((host, one) -> {
      Step step = without.contains(host) ? null : step(one, day);
      if (step != null) {
        steps.add(step);
      }
    });
    return steps;
  }

  /** Null if one side has too few days. */
  private static Step step(Series series, String day) {
    double[] logs = ChangeFinder.logs(series);
    List<String> days = series.days().subList(series.size() - logs.length, series.size());
    int at = 0;
    while (at < days.size() && days.get(at).compareTo(day) < 0) {
      at++;
    }
    if (at < ChangeFinder.LEAST_DAYS || at > logs.length - ChangeFinder.LEAST_DAYS) {
      return null;
    }
    double before = Arrays.stream(logs, 0, at).average().orElseThrow();
    double after = Arrays.stream(logs, at, logs.length).average().orElseThrow();
    double within =
        squares(Arrays.copyOf(logs, at), before)
            + squares(Arrays.copyOfRange(logs, at, logs.length), after);
    double freedom = logs.length - 2.0;
    return new Step(
        series,
        days.get(at),
        before,
        after,
        1.0 / at + 1.0 / (logs.length - at),
        within / freedom,
        freedom);
  }

  /**
   * How far a host went beyond what most others did, in its own scatter. That of a noisy host is
   * not drawn towards the fleet's, or a few noisy hosts would be a change.
   */
  private static double standard(double beyond, Step step, NoiseModel noise) {
    double moderated = noise.t(beyond, step.inverses(), step.variance(), step.freedom());
    double own = beyond / Math.sqrt(Math.max(1e-12, step.variance()) * step.inverses());
    return Math.abs(own) < Math.abs(moderated) ? own : moderated;
  }

  private Change change(Step step) {
    Change byItself = byThemselves.get(step.series());
    // The chance of a decrease says nothing about an increase.
    double chance = byItself.factor() > 1 ? byItself.chance() : 1;
    return new Change(
        step.series(), step.since(), Math.exp(step.before()), Math.exp(step.after()), chance);
  }

  /** 1 if they went down; a fleet that got better is no matter of this. */
  private static double chance(double[] of, double[] others) {
    double deviation = DEVIATION * median(Arrays.stream(others).map(Math::abs).toArray());
    double most = FARTHEST * Math.max(LEAST_SCATTER, deviation);
    double[] one = Arrays.stream(of).map(value -> Math.max(-most, Math.min(most, value))).toArray();
    double[] other =
        Arrays.stream(others).map(value -> Math.max(-most, Math.min(most, value))).toArray();
    double mean = Arrays.stream(one).average().orElseThrow();
    double meanOfOthers = Arrays.stream(other).average().orElseThrow();
    double squares = squares(one, mean) + squares(other, meanOfOthers);
    int freedom = one.length + other.length - 2;
    double variance = Math.max(LEAST_SCATTER * LEAST_SCATTER, squares / freedom);
    double inverses = 1.0 / one.length + 1.0 / other.length;
    double t = (mean - meanOfOthers) / Math.sqrt(variance * inverses);
    return t <= 0 ? 1 : NoiseModel.student(t, freedom);
  }

  private static double squares(double[] values, double mean) {
    return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
