package latencyscope.html;

import gg.jte.Content;
import gg.jte.TemplateOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.first.FirstWords;
import latencyscope.analysis.number.Numbers;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.Cause;
import latencyscope.ledger.lost.LossKind;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.report.Header;
import latencyscope.report.Product;

/**
 * What the templates of the page ask for.
 *
 * @param slowest where the time of the slowest events went; null if nothing is known of any
 * @param zone zone of wall-clock times
 */
record Page(Report report, Timeline timeline, LedgerBars slowest, ZoneId zone) {
  private static final double PERCENT = 100;
  private static final int FINDINGS = 50;
  private static final int FIRST_CAUSES = 5;
  private static final int CARD_VERDICTS = 2;

  // The library of the curves, as its package has it.
  private static final String UPLOT =
      "/META-INF/resources/webjars/uplot/" + Product.uplotVersion() + "/dist/";

  String title() {
    return new Header(report, zone).lines().get(0);
  }

  /** What was captured, how, and where. */
  List<String> facts() {
    return new Header(report, zone).lines().stream().skip(1).filter(l -> !l.isEmpty()).toList();
  }

  /** The modules that say something, the capture itself first unless all is well with it. */
  List<ModuleReport> shown() {
    return Stream.concat(
            report.capture().count(Severity.PASS) == 0 ? Stream.of(report.capture()) : Stream.of(),
            report.measured().filter(ModuleReport::saysSomething))
        .toList();
  }

  /** What to look at first. */
  List<TopCause> first() {
    return report.topCauses().stream().limit(FIRST_CAUSES).toList();
  }

  /** The sentences of the first section. */
  FirstWords words() {
    return new FirstWords(report);
  }

  /** What the threads that matter lost. */
  List<ThreadLoss> losses() {
    return report.first().lost().threads();
  }

  /** The finding that cost most at once: of a thread that matters, if it did to any. */
  static Finding worst(TopCause cause) {
    List<Finding> findings = cause.losses().isEmpty() ? cause.findings() : cause.losses();
    return findings.stream()
        .filter(finding -> finding.worstNs() != null)
        .max(Comparator.comparingLong(Finding::worstNs))
        .orElse(findings.get(0));
  }

  /** What to do against a cause, as text; null if nothing is known. */
  static String remedy(TopCause cause) {
    return Remedy.text(cause.remedies());
  }

  /** The class that colours a kind of loss: that of the cause that it mostly is. */
  static String style(LossKind kind) {
    return LedgerBars.style(
        switch (kind) {
          case CPU_WAIT -> Cause.RUNNABLE;
          case QUOTA -> Cause.THROTTLED;
          case INTERRUPTS -> Cause.HARD_IRQ;
          case MEMORY -> Cause.PAGE_FAULT;
          case SAFEPOINTS -> Cause.STOPPED;
          case BLOCKED -> Cause.BLOCKED;
        });
  }

  /** How much of a bar a part takes, percent. */
  static String width(ThreadLoss.Part part, ThreadLoss loss) {
    return String.format(Locale.ROOT, "%.3f", PERCENT * part.ns() / Math.max(1, loss.captured()));
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", PERCENT * share);
  }

  /** The costs as a picture; null without a rate. */
  FlameGraph flameGraph() {
    return report.costs().map(FlameGraph::of).orElse(null);
  }

  static Severity severity(ModuleReport module) {
    return module.verdicts().stream()
        .map(Verdict::severity)
        .max(Comparator.naturalOrder())
        .orElse(Severity.PASS);
  }

  /** What a module says that is as bad as the worst, a few. */
  static List<Verdict> severest(ModuleReport module) {
    Severity severity = severity(module);
    return module.verdicts().stream()
        .filter(verdict -> verdict.severity() == severity)
        .limit(CARD_VERDICTS)
        .toList();
  }

  /** The findings that there is room for. */
  static List<Finding> limited(List<Finding> findings) {
    return findings.subList(0, Math.min(FINDINGS, findings.size()));
  }

  /** How many there is no room for. */
  static int left(List<Finding> findings) {
    return Math.max(0, findings.size() - FINDINGS);
  }

  /** The class that colours a severity. */
  static String style(Severity severity) {
    return severity.tag().replace("/", "").toLowerCase(Locale.ROOT);
  }

  /** Nanoseconds from the begin of the timeline on. */
  long sinceStart(long at) {
    return at - timeline.start();
  }

  /** The stall that a finding's worst case fell into; null if it is none that the page shows. */
  LedgerBars.Bar stall(Finding finding) {
    return slowest == null || finding.thread() == null || finding.at() == null
        ? null
        : slowest.stall(finding.thread(), finding.at());
  }

  String clock(long at) {
    return Numbers.clock(at, zone);
  }

  String style() {
    return resource(UPLOT + "uPlot.min.css") + resource("report.css");
  }

  String script() {
    return resource(UPLOT + "uPlot.iife.min.js") + resource("timeline.js") + resource("plots.js");
  }

  /** What the script draws, written as it is made: it may be megabytes. */
  Content data() {
    return output -> {
      try {
        TimelineJson.write(report, timeline, zone, new ToTemplate(output));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JSON's way into the page. */
  private static final class ToTemplate extends Writer {
    private final TemplateOutput output;

    ToTemplate(TemplateOutput output) {
      this.output = output;
    }

    @Override
    public void write(char[] text, int from, int length) {
      output.writeContent(new String(text, from, length));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
