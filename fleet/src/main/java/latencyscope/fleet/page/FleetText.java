package latencyscope.fleet.page;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.finding.Count;
import latencyscope.fleet.compare.Change;
import latencyscope.fleet.compare.FleetData;
import latencyscope.fleet.compare.FleetReport;
import latencyscope.fleet.compare.Regression;
import latencyscope.report.Columns;

/** Writes what there is to say about a fleet for a terminal. */
public final class FleetText {
  private static final int HOSTS = 8;
  private static final int CULPRITS = 5;

  private final StringBuilder out = new StringBuilder();
  private final FleetReport report;
  private final FleetWords words;
  private final int width;

  private FleetText(FleetReport report, int width) {
    this.report = report;
    this.words = new FleetWords(report);
    this.width = width;
  }

  /**
   * The report as text, every line ended.
   *
   * @param width columns of a line
   */
  public static String of(FleetReport report, int width) {
    return new FleetText(report, width).write();
  }

  private void line(String indent, String text) {
    String further = indent.isEmpty() ? "" : indent + "  ";
    String begin = indent;
    for (String part : Columns.wrap(text, width - further.length())) {
      out.append(begin).append(part.stripTrailing()).append('\n');
      begin = further;
    }
  }

  private String write() {
    line("", words.title());
    words.notes().forEach(note -> line("", "Note: " + note));
    out.append('\n');
    if (report.regressions().isEmpty()) {
      line("", "Nothing got worse that could not be chance.");
    } else {
      line("", "WHAT GOT WORSE");
    }
    int place = 0;
    for (Regression regression : report.regressions()) {
      regression(++place, regression);
    }
    culprits();
    out.append('\n');
    line("", words.trust());
    return out.toString();
  }

  private void regression(int place, Regression regression) {
    line(
        "",
        place
            + ". ×"
            + FleetWords.factor(regression.factor())
            + " "
            + FleetWords.title(regression));
    FleetWords.chances(regression).forEach(sentence -> line("   ", sentence));
    FleetWords.common(regression).forEach(fact -> line("   ", fact));
    FleetWords.culprits(regression).forEach(culprit -> line("   ", culprit));
    List<String> hosts = new ArrayList<>();
    for (Change change : regression.worst()) {
      hosts.add(change.series().host());
    }
    int more = hosts.size() - HOSTS;
    line(
        "   ",
        "Hosts: "
            + String.join(", ", hosts.subList(0, Math.min(HOSTS, hosts.size())))
            + (more > 0 ? " and " + Count.words(more) + " more" : ""));
  }

  private void culprits() {
    List<FleetData.TopCulprit> costliest = report.data().costliest();
    if (costliest.isEmpty()) {
      return;
    }
    out.append('\n');
    line("", "WHAT COSTS THE FLEET MOST");
    for (FleetData.TopCulprit culprit :
        costliest.subList(0, Math.min(CULPRITS, costliest.size()))) {
      line(
          "",
          culprit.culprit()
              + ": "
              + FleetWords.time(culprit.lostNs())
              + " lost, "
              + FleetWords.time(culprit.totalNs())
              + " of all threads, on "
              + Count.words(culprit.hosts(), "host"));
    }
  }
}
