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
 * @param settingComparisons how many more were made, of hosts on which a setting changed
 */
public record FleetReport(
    FleetData data,
    List<Change> changes,
    List<Regression> regressions,
    int comparisons,
    int settingComparisons) {
  private static final int CULPRITS = 3;

  /** Copies the lists. */
  public FleetReport {
    changes = List.copyOf(changes);
    regressions = List.copyOf(regressions);
  }

  /** Compares each host with its own past, and those on which a setting changed with others. */
  public static FleetReport of(FleetData data) {
    List<Change> changes = ChangeFinder.find(data.series());
    SettingHistory settings = new SettingHistory(data.facts());
    SettingChanges bySetting = new SettingChanges(changes, settings);
    Map<MeasureName, Map<String, Change>> worse = new TreeMap<>();
    for (Change change : changes) {
      if (change.isWorse()) {
        add(worse, change);
      }
    }
    Map<MeasureName, Together> together = new HashMap<>();
    for (Together one : bySetting.worse()) {
      if (together.putIfAbsent(MeasureName.of(one.measure()), one) == null) {
        one.changes().forEach(change -> add(worse, change));
      }
    }
    CommonFacts facts = new CommonFacts(settings);
    List<Regression> regressions = new ArrayList<>();
    worse.forEach((name, hosts) -> {
      List<Change> surestFirst =
          hosts.values().stream().sorted(Comparator.comparingDouble(Change::chance)).toList();
      Map<String, String> since = new HashMap<>();
      hosts.forEach((host, change) -> since.put(host, change.since()));
      regressions.add(
          new Regression(surestFirst, rises(data, since), facts.of(since), together.get(name)));
    });
    regressions.sort(Comparator.comparingDouble(Regression::evidence).reversed());
    int comparisons = data.series().stream().mapToInt(ChangeFinder::comparisons).sum();
    return new FleetReport(data, changes, regressions, comparisons, bySetting.comparisons());
  }

  /** A measure, whatever of it is compared. */
  private record MeasureName(String module, String name) implements Comparable<MeasureName> {
    static MeasureName of(Measure measure) {
      return new MeasureName(measure.module(), measure.name());
    }

    @Override
    public int compareTo(MeasureName other) {
      int byModule = module.compareTo(other.module);
      return byModule != 0 ? byModule : name.compareTo(other.name);
    }
  }

  /** Of a host, the surest counts. */
  private static void add(Map<MeasureName, Map<String, Change>> worse, Change change) {
    worse
        .computeIfAbsent(MeasureName.of(change.series().measure()), name -> new LinkedHashMap<>())
        .merge(
            change.series().host(),
            change,
            (one, other) -> one.chance() <= other.chance() ? one : other);
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
