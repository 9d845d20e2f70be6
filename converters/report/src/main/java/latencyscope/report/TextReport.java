package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Limit;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Report;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.number.Numbers;
import latencyscope.recording.event.Distribution;

/** Writes a report for people. */
public final class TextReport {
  private static final int FINDINGS = 5;
  private static final String MORE = " (all with --json)";
  private static final String GAP = "    ";

  private final Report report;
  private final Style style;
  private final Page page;

  private TextReport(Report report, Style style) {
    this.report = report;
    this.style = style;
    this.page = new Page(style);
  }

  /** The whole report as text, every line ended: the first screen, then every panel. */
  public static String of(Report report, Style style) {
    return of(report, style, 0, List.of());
  }

  /**
   * The same.
   *
   * @param top how many causes the first screen shows; 0 for as many as fit it
   * @param modules whose panels there are; empty for all
   */
  public static String of(Report report, Style style, int top, List<String> modules) {
    TextReport text = new TextReport(report, style);
    text.firstScreen(top);
    text.page.line("");
    text.panels(modules);
    text.asked();
    text.summary();
    return text.page.toString();
  }

  /**
   * The first screen alone, and what was asked for with an option, every line ended.
   *
   * @param top how many causes to show; 0 for as many as fit the screen
   */
  public static String firstScreen(Report report, Style style, int top) {
    TextReport text = new TextReport(report, style);
    text.firstScreen(top);
    if (!report.limits().isEmpty() || report.costs().isPresent()) {
      text.page.line("");
      text.asked();
    }
    return text.page.toString();
  }

  private void firstScreen(int top) {
    new FirstScreen(report, style, top).lines().forEach(page::verdictLine);
  }

  private void panels(List<String> modules) {
    new Header(report, style.zone()).lines().stream().skip(2).forEach(page::line);
    page.line("");
    if (report.capture().count(Severity.PASS) == 0) {
      panel(report.capture());
    }
    report
        .measured()
        .filter(ModuleReport::saysSomething)
        .filter(module -> modules.isEmpty() || modules.contains(module.module()))
        .forEach(this::panel);
  }

  private void asked() {
    alpha();
    limits();
  }

  private void panel(ModuleReport module) {
    page.open(module.title());
    module.verdicts().forEach(this::verdict);
    module.quantiles().stream().filter(q -> q.distribution().count() > 0).forEach(this::quantiles);
    module.tables().stream().filter(t -> !t.rows().isEmpty()).forEach(this::table);
    if (!module.remarks().isEmpty()) {
      page.boxed("");
      module.remarks().forEach(remark -> page.wrapped("", remark, "  "));
    }
    findings(module.findings().stream().filter(finding -> !isShown(finding, module)).toList());
    page.close();
    page.line("");
  }

  /** Whether a verdict says all that a finding does. */
  private static boolean isShown(Finding finding, ModuleReport module) {
    return module.verdicts().stream().anyMatch(verdict -> verdict.isFinding(finding));
  }

  private void verdict(Verdict verdict) {
    page.tagged("", verdict.severity(), verdict.text());
    Finding worst = verdict.worst();
    if (verdict.isFinding(worst) && worst.worstNs() == null) {
      details(worst, "  ");
    }
    if (worst != null && worst.worstNs() != null) {
      page.boxed("  Worst: " + worst(worst));
    }
    if (verdict.cause() != null) {
      page.wrapped("  ", "Cause: " + verdict.cause(), "  ");
    }
    if (verdict.service() != null) {
      Finding service = verdict.service();
      String times = Numbers.count(service.count(), "time");
      String text = "JVM service threads: " + times + ", worst " + worst(service);
      page.wrapped("  ", text + ", " + service.title(), "  ");
    }
  }

  private String worst(Finding finding) {
    return Numbers.time(finding.worstNs()) + " @ " + Numbers.clock(finding.at(), style.zone());
  }

  private void quantiles(Quantiles quantiles) {
    Distribution distribution = quantiles.distribution();
    page.boxed("");
    page.wrapped(
        "",
        String.format(
            "%s: %s, %s in total",
            quantiles.title(), Numbers.count(quantiles), Numbers.time(distribution.total())),
        "  ");
    List<String> known = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (Percentiles.P p : Percentiles.ALL) {
      OptionalLong value = p.of(distribution);
      if (value.isPresent()) {
        known.add(p.label() + ": " + Numbers.time(value.getAsLong()));
      } else {
        unknown.add(p.label());
      }
    }
    known.add("Max: " + Numbers.time(distribution.max()));
    flow(known);
    if (!unknown.isEmpty()) {
      notResolvable(unknown, distribution);
    }
  }

  private void notResolvable(List<String> unknown, Distribution distribution) {
    long samples = distribution.count() - distribution.unbinned();
    String list = String.join(", ", unknown);
    page.wrapped("  ", list + ": not resolvable from " + Numbers.count(samples), "  ");
  }

  /** Items one after the other, as many to a line as fit. */
  private void flow(List<String> items) {
    StringBuilder line = new StringBuilder();
    for (String item : items) {
      if (!line.isEmpty() && 2 + Columns.width(line + GAP) + Columns.width(item) > page.inner()) {
        page.boxed("  " + line);
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : GAP).append(item);
    }
    page.boxed("  " + line);
  }

  private void table(Table table) {
    page.boxed("");
    page.boxed(table.title() + ":");
    new Grid(table, page.inner() - 2).lines().forEach(line -> page.boxed("  " + line));
    if (table.left() > 0) {
      page.boxed("  and " + Numbers.count(table.left()) + " more");
    }
  }

  private void findings(List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    page.boxed("");
    page.boxed("Findings, the worst first:");
    for (Finding finding : findings.subList(0, Math.min(FINDINGS, findings.size()))) {
      finding(finding);
    }
    if (findings.size() > FINDINGS) {
      page.boxed("  and " + Numbers.count(findings.size() - FINDINGS) + " more" + MORE);
    }
  }

  private void finding(Finding finding) {
    page.tagged("  ", finding.severity(), finding.title());
    String indent = "    ";
    if (finding.worstNs() != null) {
      String times = Numbers.count(finding.count(), "time");
      page.boxed(indent + times + ", " + Numbers.time(finding.totalNs()) + " in total");
      page.boxed(indent + "Worst: " + worst(finding));
    }
    if (finding.culprit() != null) {
      page.wrapped(indent, "Culprit: " + finding.culpritInWords(), "  ");
    }
    details(finding, indent);
  }

  private void details(Finding finding, String indent) {
    if (finding.details() != null) {
      page.wrapped(indent, finding.details(), "");
    }
    if (finding.code() != null) {
      page.wrapped(indent, finding.code(), "  ");
    }
    finding.remedies().forEach(remedy -> remedy(remedy, indent));
  }

  private void remedy(Remedy remedy, String indent) {
    page.wrapped(indent, "→ " + remedy.sentence(), "  ");
    remedy.commands().forEach(command -> page.command(indent + "    ", command));
  }

  private void alpha() {
    if (report.costs().isEmpty()) {
      return;
    }
    CostReport costs = report.costs().get();
    page.open("ALPHA");
    page.wrapped("", CostText.head(costs), "  ");
    for (Table table : CostText.tables(costs)) {
      table(table);
    }
    page.close();
    page.line("");
  }

  private void limits() {
    if (report.limits().isEmpty()) {
      return;
    }
    page.open("LIMITS");
    for (Limit.Result result : report.limits()) {
      page.tagged("", result.passed() ? Severity.PASS : Severity.FAIL, LimitText.of(result));
    }
    page.close();
    page.line("");
  }

  private void summary() {
    page.rule();
    page.line("SUMMARY: " + Summary.of(report));
    page.rule();
  }
}
