package latencyscope.html;

import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import latencyscope.analysis.Limit;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Report;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.number.Numbers;
import latencyscope.analysis.top.TopCause;
import latencyscope.report.Header;
import latencyscope.report.LimitText;

/** The markup of the page: all that can be read without its script. */
final class HtmlPage {
  private static final int FINDINGS = 50;
  private static final int FIRST_CAUSES = 5;
  private static final int CARD_VERDICTS = 2;

  private final Report report;
  private final Timeline timeline;
  private final String ledgers;
  private final ZoneId zone;
  private final StringBuilder page = new StringBuilder();

  /**
   * @param ledgers markup of where the time of the slowest events went
   */
  HtmlPage(Report report, Timeline timeline, String ledgers, ZoneId zone) {
    this.report = report;
    this.timeline = timeline;
    this.ledgers = ledgers;
    this.zone = zone;
  }

  String body() {
    header();
    page.append("<main>\n");
    verdicts();
    page.append(ledgers);
    timeline();
    shown().forEach(this::module);
    alpha();
    limits();
    page.append("</main>\n");
    return page.toString();
  }

  private void header() {
    List<String> lines = new Header(report, zone).lines();
    page.append("<header>\n<h1>").append(text(lines.get(0))).append("</h1>\n<p class=\"badges\">");
    badge(report.violations(), "violation", "fail");
    badge(report.warnings(), "warning", "warn");
    if (report.notMeasured() > 0) {
      page.append("<span class=\"badge na\">")
          .append(Numbers.count(report.notMeasured()))
          .append(" not measured</span> ");
    }
    if (report.violations() + report.warnings() + report.notMeasured() == 0) {
      page.append("<span class=\"badge pass\">all passed</span>");
    }
    page.append("</p>\n<ul class=\"facts\">\n");
    lines.stream()
        .skip(1)
        .filter(line -> !line.isEmpty())
        .forEach(line -> page.append("<li>").append(text(line)).append("</li>\n"));
    report
        .recording()
        .notes()
        .forEach(note -> page.append("<li class=\"warn\">").append(text(note)).append("</li>\n"));
    page.append("</ul>\n</header>\n");
  }

  private void badge(int count, String noun, String style) {
    if (count > 0) {
      page.append("<span class=\"badge ").append(style).append("\">");
      page.append(Numbers.count(count, noun)).append("</span> ");
    }
  }

  /** Everything at a glance: what each module says, the worst findings with what to do. */
  private void verdicts() {
    page.append("<section id=\"verdicts\"><h2>Verdicts</h2>\n<div class=\"cards\">\n");
    shown().forEach(this::card);
    page.append("</div>\n");
    List<TopCause> worst = report.topCauses().stream().limit(FIRST_CAUSES).toList();
    if (!worst.isEmpty()) {
      page.append("<h3>What to look at first</h3>\n");
      worst.forEach(cause -> finding(cause.worst()));
    }
    page.append("</section>\n");
  }

  private Stream<ModuleReport> shown() {
    return Stream.concat(
        report.capture().count(Severity.PASS) == 0 ? Stream.of(report.capture()) : Stream.of(),
        report.measured().filter(ModuleReport::saysSomething));
  }

  private void card(ModuleReport module) {
    Severity severity =
        module.verdicts().stream()
            .map(Verdict::severity)
            .max(Comparator.naturalOrder())
            .orElse(Severity.PASS);
    page.append("<a class=\"card\" href=\"#").append(text(module.module())).append("\">");
    page.append(tag(severity)).append(" <b>").append(text(module.title())).append("</b>");
    module.verdicts().stream()
        .filter(verdict -> verdict.severity() == severity)
        .limit(CARD_VERDICTS)
        .forEach(verdict -> page.append("<span>").append(text(verdict.text())).append("</span>"));
    page.append("</a>\n");
  }

  private void timeline() {
    page.append("<section id=\"timeline\"><h2>Timeline</h2>\n<p class=\"hint\">")
        .append(Numbers.count(timeline.events(), "event"))
        .append(". Wheel zooms, dragging pans, double click zooms in; keys + − ← → 0.")
        .append(
            timeline.left() > 0
                ? " " + Numbers.count(timeline.left(), "quieter lane") + " left out."
                : "")
        .append("</p>\n<div class=\"tools\"><button data-zoom=\"in\">+</button>")
        .append("<button data-zoom=\"out\">−</button><button data-zoom=\"all\">all</button>")
        .append("<span id=\"window\"></span><span id=\"legend\"></span></div>\n")
        .append("<div id=\"chart\"><canvas tabindex=\"0\"></canvas><div id=\"tip\"></div></div>\n")
        .append("<noscript><p>The timeline takes JavaScript.</p></noscript></section>\n");
  }

  private void module(ModuleReport module) {
    page.append("<section class=\"module\" id=\"").append(text(module.module())).append("\"><h2>");
    page.append(text(module.title())).append("</h2>\n");
    module.verdicts().forEach(this::verdict);
    page.append("<div class=\"plots\">\n");
    module.quantiles().stream()
        .filter(q -> q.distribution().count() > 0)
        .forEach(quantiles -> quantiles(module, quantiles));
    page.append("</div>\n");
    module.tables().stream().filter(t -> !t.rows().isEmpty()).forEach(this::table);
    module
        .remarks()
        .forEach(
            remark -> page.append("<p class=\"remark\">").append(text(remark)).append("</p>\n"));
    findings(module.findings());
    page.append("</section>\n");
  }

  private void verdict(Verdict verdict) {
    page.append("<div class=\"verdict\">").append(tag(verdict.severity())).append(' ');
    page.append(text(verdict.text()));
    Finding worst = verdict.worst();
    if (worst != null && worst.worstNs() != null) {
      page.append(" <span class=\"worst\">worst ").append(worst(worst)).append("</span>");
    }
    if (verdict.isFinding(worst) && worst.worstNs() == null) {
      details(worst);
    }
    if (verdict.cause() != null) {
      page.append("<div class=\"cause\">").append(text(verdict.cause())).append("</div>");
    }
    if (verdict.service() != null) {
      service(verdict.service());
    }
    page.append("</div>\n");
  }

  private void service(Finding service) {
    page.append("<div class=\"service\">JVM service threads: ");
    page.append(Numbers.count(service.count(), "time")).append(", worst ").append(worst(service));
    page.append(", ").append(text(service.title())).append("</div>");
  }

  private static String tag(Severity severity) {
    String style = severity.tag().replace("/", "").toLowerCase(Locale.ROOT);
    return "<span class=\"badge " + style + "\">" + severity.tag() + "</span>";
  }

  private String worst(Finding finding) {
    String time = time(finding.worstNs());
    if (finding.at() == null) {
      return time;
    }
    return time
        + " <a href=\"#timeline\" data-at=\""
        + (finding.at() - timeline.start())
        + "\" data-length=\""
        + finding.worstNs()
        + "\">@ "
        + text(Numbers.clock(finding.at(), zone))
        + "</a>";
  }

  private static String time(long nanos) {
    return "<span data-ns=\"" + nanos + "\">" + text(Numbers.time(nanos)) + "</span>";
  }

  private void quantiles(ModuleReport module, Quantiles quantiles) {
    page.append("<figure class=\"plot\"><figcaption><b>").append(text(quantiles.title()));
    page.append("</b> <span data-count=\"").append(quantiles.distribution().count());
    page.append("\">").append(text(Numbers.count(quantiles)));
    page.append("</span>, ").append(time(quantiles.distribution().total()));
    page.append(" in all</figcaption>\n<svg class=\"curve\" data-module=\"");
    page.append(text(module.module())).append("\" data-title=\"");
    page.append(text(quantiles.title())).append("\"></svg>\n<table><tr>");
    for (Percentiles.P p : Percentiles.ALL) {
      page.append("<th>").append(p.label()).append("</th>");
    }
    page.append("<th>Max</th></tr><tr>");
    for (Percentiles.P p : Percentiles.ALL) {
      OptionalLong value = p.of(quantiles.distribution());
      page.append("<td data-p=\"").append(p.label()).append("\">");
      page.append(
          value.isPresent()
              ? time(value.getAsLong())
              : "<abbr title=\"too few samples\">n/r</abbr>");
      page.append("</td>");
    }
    page.append("<td data-p=\"Max\">").append(time(quantiles.distribution().max()));
    page.append("</td></tr></table></figure>\n");
  }

  private void table(Table table) {
    page.append("<h3>").append(text(table.title())).append("</h3>\n<table class=\"rows\"><tr>");
    table.columns().forEach(c -> page.append("<th>").append(text(c)).append("</th>"));
    page.append("</tr>\n");
    for (List<Object> row : table.rows()) {
      page.append("<tr>");
      row.forEach(cell -> page.append("<td>").append(text(Numbers.cell(cell))).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</table>\n");
    if (table.left() > 0) {
      page.append("<p class=\"hint\">and ").append(Numbers.count(table.left())).append(" more</p>");
    }
  }

  private void findings(List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    page.append("<h3>Findings, the worst first</h3>\n");
    findings.stream().limit(FINDINGS).forEach(this::finding);
    if (findings.size() > FINDINGS) {
      page.append("<p class=\"hint\">and ")
          .append(Numbers.count(findings.size() - FINDINGS))
          .append(" more (all in the JSON)</p>\n");
    }
  }

  private void finding(Finding finding) {
    page.append("<details><summary>").append(tag(finding.severity())).append(' ');
    page.append(text(finding.title()));
    if (finding.worstNs() != null) {
      page.append(" <span class=\"worst\">")
          .append(Numbers.count(finding.count(), "time"))
          .append(", ")
          .append(time(finding.totalNs()))
          .append(" in all, worst ")
          .append(worst(finding))
          .append("</span>");
    }
    page.append("</summary>\n");
    paragraph("Culprit: ", finding.culpritInWords());
    details(finding);
    page.append("</details>\n");
  }

  private void details(Finding finding) {
    paragraph("", finding.details());
    if (finding.remedy() != null) {
      page.append("<pre>").append(text(finding.remedy())).append("</pre>");
    }
  }

  private void paragraph(String label, String text) {
    if (text != null) {
      page.append("<p>").append(label).append(text(text)).append("</p>");
    }
  }

  private void alpha() {
    report
        .costs()
        .ifPresent(costs ->
            page.append("<section id=\"alpha\"><h2>Alpha</h2>\n")
                .append(FlameGraph.svg(costs))
                .append("</section>\n"));
  }

  private void limits() {
    if (report.limits().isEmpty()) {
      return;
    }
    page.append("<section><h2>Limits</h2>\n");
    for (Limit.Result result : report.limits()) {
      page.append("<div class=\"verdict\">")
          .append(tag(result.passed() ? Severity.PASS : Severity.FAIL))
          .append(' ')
          .append(text(LimitText.of(result)))
          .append("</div>\n");
    }
    page.append("</section>\n");
  }

  private static String text(String text) {
    return Markup.escape(text);
  }
}
