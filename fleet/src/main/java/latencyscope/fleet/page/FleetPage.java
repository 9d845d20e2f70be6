package latencyscope.fleet.page;

import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import latencyscope.analysis.finding.Count;
import latencyscope.fleet.compare.Change;
import latencyscope.fleet.compare.FleetData;
import latencyscope.fleet.compare.FleetReport;
import latencyscope.fleet.compare.Measure;
import latencyscope.fleet.compare.Regression;
import latencyscope.fleet.compare.Together;
import latencyscope.html.HtmlReport;

/** The page of a fleet: one HTML file that needs no network and no script. */
public final class FleetPage {
  /** Units of a curve's picture. */
  public static final int WIDTH = 260;

  /** Units of a curve's picture. */
  public static final int HEIGHT = 60;

  private static final int MOST_COLUMNS = 40;

  /** From this factor on, a cell has its full colour. */
  private static final double FULL = 2;

  private final FleetReport report;
  private final FleetWords words;
  private final List<Measure> measures;
  private final Map<String, Map<Measure, Change>> byHost = new HashMap<>();
  private final Map<String, List<FleetData.Capture>> captures;
  private final List<String> hosts;

  /** Changes that are sure only together with those of other hosts. */
  private final Map<Change, Together> together = new HashMap<>();

  /** A cell of the heat map. */
  public record Cell(String style, String colour, String title) {}

  /** A curve of one measure of a host. */
  public record Curve(String title, String points, String sinceX, String scale) {}

  /** A host. */
  public record Row(
      String host, boolean isWorse, String summary, List<Cell> cells, List<Curve> curves) {}

  private FleetPage(FleetReport report) {
    this.report = report;
    this.words = new FleetWords(report);
    for (Change change : report.changes()) {
      byHost
          .computeIfAbsent(change.series().host(), host -> new HashMap<>())
          .put(change.series().measure(), change);
    }
    for (Regression regression : report.regressions()) {
      if (regression.together() != null) {
        addTogether(regression.together());
      }
    }
    captures =
        report.data().captures().stream().collect(Collectors.groupingBy(FleetData.Capture::host));
    measures = columnsOf(report);
    // The surest regressions' hosts first; the others by name.
    Set<String> ordered = new LinkedHashSet<>();
    report
        .regressions()
        .forEach(one -> one.worst().forEach(change -> ordered.add(change.series().host())));
    ordered.addAll(report.data().hosts());
    hosts = List.copyOf(ordered);
  }

  /** Hosts that are sure together are shown from the day of their setting's change on. */
  private void addTogether(Together one) {
    for (Change change : one.changes()) {
      Map<Measure, Change> ofHost = byHost.get(change.series().host());
      if (change.factor() > 1 && !ofHost.get(one.measure()).isWorse()) {
        ofHost.put(one.measure(), change);
        together.put(change, one);
      }
    }
  }

  /** The page, as text of HTML. */
  public static String of(FleetReport report) {
    StringOutput out = new StringOutput();
    // Not through jte's engine: it looks for templates beside itself, in the other jar.
    JtepageGenerated.render(new OwaspHtmlTemplateOutput(out), null, new FleetPage(report));
    return out.toString();
  }

  // What got worse comes first; then what most hosts have.
  private static List<Measure> columnsOf(FleetReport report) {
    Set<Measure> worse = new LinkedHashSet<>();
    report.regressions().forEach(one -> worse.add(one.measure()));
    Map<Measure, Integer> counts = new HashMap<>();
    report.changes().forEach(change -> counts.merge(change.series().measure(), 1, Integer::sum));
    Set<Measure> all = new LinkedHashSet<>(worse);
    counts.keySet().stream()
        .sorted(
            Comparator.comparing((Measure measure) -> -counts.get(measure))
                .thenComparing(Comparator.naturalOrder()))
        .forEach(all::add);
    Set<Measure> shown =
        new TreeSet<>(all.stream().limit(Math.max(MOST_COLUMNS, worse.size())).toList());
    Set<Measure> columns = new LinkedHashSet<>(worse);
    columns.addAll(shown);
    return List.copyOf(columns);
  }

  FleetReport report() {
    return report;
  }

  FleetWords words() {
    return words;
  }

  String title() {
    return words.title();
  }

  List<String> columns() {
    return measures.stream().map(Measure::words).toList();
  }

  List<FleetData.Capture> captures(String host) {
    return captures.getOrDefault(host, List.of());
  }

  /** Where a host is on the page: its place, since a name may hold anything. */
  String anchor(String host) {
    return "host-" + hosts.indexOf(host);
  }

  List<Row> rows() {
    return hosts.stream().map(this::row).toList();
  }

  private Row row(String host) {
    Map<Measure, Change> changes = byHost.getOrDefault(host, Map.of());
    List<Change> worse = measures.stream().map(changes::get).filter(this::isWorse).toList();
    String summary = worse.isEmpty() ? "" : worse.size() + " worse";
    return new Row(
        host,
        !worse.isEmpty(),
        summary,
        measures.stream().map(measure -> cell(changes.get(measure))).toList(),
        worse.stream().map(FleetPage::curve).toList());
  }

  private boolean isWorse(Change change) {
    return change != null && (change.isWorse() || together.containsKey(change));
  }

  private Cell cell(Change change) {
    if (change == null) {
      return new Cell("none", "none", "no comparison: too few days or occurrences");
    }
    double strength = Math.log(change.factor()) / Math.log(FULL);
    int alpha = (int) Math.round(85 * Math.min(1, Math.abs(strength)));
    String colour =
        String.format(
            Locale.ROOT, "rgb(%s / %d%%)", strength > 0 ? "214 48 39" : "49 100 190", alpha);
    boolean sure = isWorse(change) || change.isBetter();
    return new Cell(
        sure ? "sure" : "",
        colour,
        change.series().measure().words()
            + ": "
            + FleetWords.numbers(change)
            + " since "
            + change.since()
            + ", chance "
            + FleetWords.chance(change.chance())
            + (together.containsKey(change) ? " by itself, " + ofAll(together.get(change)) : ""));
  }

  private static String ofAll(Together one) {
    return FleetWords.chance(one.chance())
        + " together with "
        + Count.words(one.changes().size() - 1, "host");
  }

  private static Curve curve(Change change) {
    double[] values = change.series().values();
    double most = 0;
    for (double value : values) {
      most = Math.max(most, value);
    }
    List<String> points = new ArrayList<>();
    double step = (double) WIDTH / Math.max(1, values.length - 1);
    for (int i = 0; i < values.length; i++) {
      double y = HEIGHT - 2 - (HEIGHT - 6) * values[i] / most;
      points.add(String.format(Locale.ROOT, "%.1f,%.1f", i * step, y));
    }
    int since = change.series().days().indexOf(change.since());
    Measure measure = change.series().measure();
    return new Curve(
        measure.words(),
        String.join(" ", points),
        String.format(Locale.ROOT, "%.1f", (since - 0.5) * step),
        "0 to "
            + FleetWords.value(most, measure.statistic())
            + ", "
            + change.series().days().get(0)
            + " to "
            + change.series().days().get(values.length - 1)
            + "; worse since "
            + change.since());
  }

  static String style() {
    return resource(HtmlReport.class, "report.css") + resource(FleetPage.class, "fleet.css");
  }

  private static String resource(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
