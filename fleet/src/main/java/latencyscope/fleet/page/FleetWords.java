package latencyscope.fleet.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.number.Numbers;
import latencyscope.fleet.compare.Change;
import latencyscope.fleet.compare.Common;
import latencyscope.fleet.compare.FleetData;
import latencyscope.fleet.compare.FleetReport;
import latencyscope.fleet.compare.Measure;
import latencyscope.fleet.compare.Regression;
import latencyscope.fleet.compare.Together;

/**
 * The sentences that text and page share.
 *
 * @param report what there is to say
 */
record FleetWords(FleetReport report) {
  private static final double NS_PER_SECOND = 1e9;

  /** What the fleet is. */
  String title() {
    FleetData data = report.data();
    return "Fleet: "
        + Count.words(data.hosts().size(), "host")
        + ", "
        + Count.words(data.days().size(), "day")
        + ", "
        + Count.words(data.captures().size(), "capture");
  }

  /** How sure the result is. */
  String trust() {
    return "Each host is compared with its own past, day by day. What is called worse would come by"
        + " chance in less than 1 of 100 fleets: the chances are corrected for "
        + Count.words(report.comparisons(), "comparison")
        + ", and for outliers by the same days in random order, 1,000 times."
        + (report.settingComparisons() == 0
            ? ""
            : " Hosts on which a setting changed are also compared with the others: "
                + Count.words(report.settingComparisons(), "more comparison")
                + ".");
  }

  /** What limits the result, as sentences. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    FleetData data = report.data();
    if (report.comparisons() == 0) {
      notes.add("Nothing can be compared: a host needs captures of 4 days or more.");
    }
    long lost = data.captures().stream().filter(capture -> capture.lost() > 0).count();
    if (lost > 0) {
      notes.add(
          Count.words(lost, "capture")
              + (lost == 1 ? " lacks" : " lack")
              + " events that were lost. Counts and percentiles have them all the same.");
    }
    return notes;
  }

  /** A factor, for people. */
  static String factor(double factor) {
    return String.format(Locale.ROOT, factor < 10 ? "%.2f" : "%,.0f", factor);
  }

  /** What got worse, where and since when. */
  static String title(Regression regression) {
    Map<String, Integer> days = new TreeMap<>();
    regression.worst().forEach(change -> days.merge(change.since(), 1, Integer::sum));
    int most = days.get(regression.since());
    int hosts = regression.worst().size();
    return regression.measure().words()
        + ", on "
        + Count.words(hosts, "host")
        + " since "
        + regression.since()
        + (most < hosts ? " (" + Count.words(hosts - most) + " of them since another day)" : "");
  }

  /** How sure it is, as sentences. */
  static List<String> chances(Regression regression) {
    Change surest = regression.surest();
    List<String> sentences = new ArrayList<>();
    if (surest.isWorse()) {
      sentences.add(
          "Surest on "
              + surest.series().host()
              + ": "
              + numbers(surest)
              + ", chance "
              + chance(surest.chance()));
    }
    if (regression.together() != null) {
      sentences.add(together(regression));
    }
    return sentences;
  }

  private static String together(Regression regression) {
    Together together = regression.together();
    Measure measure = together.measure();
    return "Together on "
        + Count.words(together.changes().size(), "host")
        + " on which "
        + together.name()
        + " changed ("
        + together.value()
        + "): "
        + (measure.equals(regression.measure()) ? "" : measure.words() + ", ")
        + "×"
        + factor(together.factor())
        + " against "
        + Count.words(together.others(), "other host")
        + ", chance "
        + chance(together.chance())
        + (regression.surest().isWorse() ? "" : "; no host is sure by itself");
  }

  /** What it was before, and since then. */
  static String numbers(Change change) {
    Measure.Statistic statistic = change.series().measure().statistic();
    return value(change.before(), statistic) + " → " + value(change.after(), statistic);
  }

  static String chance(double chance) {
    return chance < 1e-6
        ? "below 0.000001"
        : String.format(Locale.ROOT, chance < 0.001 ? "%.6f" : "%.3f", chance);
  }

  static String value(double value, Measure.Statistic statistic) {
    return switch (statistic) {
      case P99 -> Numbers.time(Math.round(value));
      case RATE -> String.format(Locale.ROOT, value < 100 ? "%.2f/s" : "%,.0f/s", value);
      case SHARE -> String.format(Locale.ROOT, "%.3f %%", 100 * value);
    };
  }

  static String time(long ns) {
    return Numbers.time(ns);
  }

  /** What the hosts of a regression have in common. */
  static List<String> common(Regression regression) {
    return regression.common().stream().map(FleetWords::common).toList();
  }

  private static String common(Common common) {
    return "In common: "
        + common.name()
        + " "
        + common.value()
        + " ("
        + common.worse()
        + " of "
        + common.allWorse()
        + "; of the others "
        + common.others()
        + " of "
        + common.allOthers()
        + ")";
  }

  /** Who takes more time on these hosts than before. */
  static List<String> culprits(Regression regression) {
    return regression.culprits().stream()
        .map(rise ->
            "Takes more time: "
                + rise.culprit()
                + " ("
                + rise.module()
                + "), "
                + perSecond(rise.before())
                + " → "
                + perSecond(rise.after()))
        .toList();
  }

  private static String perSecond(double nsPerSecond) {
    return nsPerSecond >= NS_PER_SECOND
        ? String.format(Locale.ROOT, "%.2f s per second", nsPerSecond / NS_PER_SECOND)
        : Numbers.time(Math.round(nsPerSecond)) + " per second";
  }

  /** What helps against the first of its culprits that anything helps against; null if none. */
  String remedy(Regression regression) {
    for (Regression.CulpritRise rise : regression.culprits()) {
      for (FleetData.TopCulprit known : report.data().costliest()) {
        if (known.culprit().equals(rise.culprit())
            && known.module().equals(rise.module())
            && known.remedy() != null) {
          return known.remedy();
        }
      }
    }
    return null;
  }
}
