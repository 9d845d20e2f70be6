package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What there is to say about a fleet. Immutable.
 *
 * @param data what the tables say
 * @param changes of each host and measure that has enough days
 * @param regressions what got worse, what most speaks for first
 * @param comparisons how many were made: chances are corrected for them
 */
public record FleetReport(
    FleetData data, List<Change> changes, List<Regression> regressions, int comparisons) {
  private static final int CULPRITS = 3;

  /** Copies the lists. */
  public FleetReport {
    changes = List.copyOf(changes);
    regressions = List.copyOf(regressions);
  }

  /** Compares each host with its own past. */
  public static FleetReport of(FleetData data) {
    List<Change> changes = ChangeFinder.find(data.series());
    CommonFacts facts = new CommonFacts(data.facts());
    Map<List<String>, Map<String, Change>> worse =
        new TreeMap<>(
            Comparator.comparing((List<String> key) -> key.get(0))
                .thenComparing(key -> key.get(1)));
    for (Change change : changes) {
      if (change.isWorse()) {
        Measure measure = change.series().measure();
        worse
            .computeIfAbsent(
                List.of(measure.module(), measure.name()), key -> new LinkedHashMap<>())
            .merge(
                change.series().host(),
                change,
                (one, other) -> one.chance() <= other.chance() ? one : other);
      }
    }
    List<Regression> regressions = new ArrayList<>();
    for (Map<String, Change> hosts : worse.values()) {
      List<Change> surestFirst =
          hosts.values().stream().sorted(Comparator.comparingDouble(Change::chance)).toList();
      Map<String, String> since = new HashMap<>();
      hosts.forEach((host, change) -> since.put(host, change.since()));
      regressions.add(new Regression(surestFirst, rises(data, since), facts.of(since)));
    }
    regressions.sort(Comparator.comparingDouble(Regression::evidence).reversed());
    int comparisons = data.series().stream().mapToInt(ChangeFinder::comparisons).sum();
    return new FleetReport(data, changes, regressions, comparisons);
  }

  private record Culprit(String module, String kind, String name) {}

  private static List<Regression.CulpritRise> rises(FleetData data, Map<String, String> since) {
    double before = captured(data, since, false);
    double after = captured(data, since, true);
    Map<Culprit, double[]> sums = new HashMap<>();
    for (FleetData.CulpritDay day : data.culprits()) {
      String worseSince = since.get(day.host());
      if (worseSince != null) {
        boolean later = day.day().compareTo(worseSince) >= 0;
        sums.computeIfAbsent(
                    new Culprit(day.module(), day.kind(), day.culprit()), key -> new double[2])[
                later ? 1 : 0] +=
            day.totalNs() / (later ? after : before);
      }
    }
    List<Regression.CulpritRise> rises = new ArrayList<>();
    sums.forEach((culprit, of) ->
        rises.add(
            new Regression.CulpritRise(
                culprit.module(), culprit.kind(), culprit.name(), of[0], of[1])));
    return rises.stream()
        .filter(rise -> rise.after() > rise.before() * (1 + Change.MATERIAL))
        .sorted(
            Comparator.comparingDouble(
                    (Regression.CulpritRise rise) -> rise.before() - rise.after())
                .thenComparing(Regression.CulpritRise::culprit))
        .limit(CULPRITS)
        .toList();
  }

  /** Seconds that were captured on hosts before or since they got worse. */
  private static double captured(FleetData data, Map<String, String> since, boolean later) {
    double ns = 1;
    for (FleetData.Capture capture : data.captures()) {
      String worseSince = since.get(capture.host());
      if (worseSince != null && capture.day().compareTo(worseSince) >= 0 == later) {
        ns += capture.durationNs();
      }
    }
    return ns / 1e9;
  }
}
