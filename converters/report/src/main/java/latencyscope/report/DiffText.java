package latencyscope.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import latencyscope.analysis.Table;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.number.Numbers;
import latencyscope.diff.Comparison;
import latencyscope.diff.Row;

/** Writes a comparison for people. */
public final class DiffText {
  private static final int CAUSES = 8;

  private final Comparison comparison;
  private final Page page;

  private DiffText(Comparison comparison, Style style) {
    this.comparison = comparison;
    this.page = new Page(style);
  }

  /** The comparison as text, every line ended. */
  public static String of(Comparison comparison, Style style) {
    return new DiffText(comparison, style).write();
  }

  private String write() {
    page.line(Product.NAME + " v" + Product.version() + " — what changed");
    page.line("");
    head("Before: ", comparison.before());
    head("After:  ", comparison.after());
    comparison.notes().forEach(note -> page.hanging("Note: ", note));
    page.line("");
    rows("WORSE", Row.Verdict.WORSE, "Nothing got worse that could not be chance");
    rows("BETTER", Row.Verdict.BETTER, null);
    rows("DIFFERENT, AND MAY BE CHANCE", Row.Verdict.NOISE, null);
    rows("DIFFERENT, BUT OF A SINGLE OCCURRENCE", Row.Verdict.UNKNOWN, null);
    causes("NEW FINDINGS", comparison.newFindings());
    causes("FINDINGS THAT ARE GONE", comparison.goneFindings());
    limits();
    int same = comparison.count(Row.Verdict.SAME);
    if (same > 0) {
      page.line(
          same == 1
              ? "1 measure is within 5 % of what it was."
              : Numbers.count(same, "measure") + " are within 5 % of what they were.");
    }
    page.line(
        "Sure is what would come by chance less than once in a hundred comparisons like this one,"
            + " if occurrences come independently; where they come in bursts, ask for more.");
    page.line("");
    page.rule();
    page.line(
        "SUMMARY: "
            + Numbers.count(comparison.count(Row.Verdict.WORSE))
            + " worse, "
            + Numbers.count(comparison.count(Row.Verdict.BETTER))
            + " better | Exit code: "
            + comparison.exitCode());
    page.rule();
    return page.toString();
  }

  private void head(String which, Comparison.Head head) {
    String started = head.startedAt() == null ? "" : ", " + head.startedAt();
    page.hanging(
        which,
        String.format(
            Locale.ROOT, "%s (%s, %.1fs%s)", head.file(), head.target(), head.seconds(), started));
  }

  private void rows(String title, Row.Verdict verdict, String nothing) {
    List<List<Object>> cells = new ArrayList<>();
    comparison.rows().stream()
        .filter(row -> row.verdict() == verdict)
        .forEach(row -> cells.add(cells(row)));
    if (cells.isEmpty() && nothing == null) {
      return;
    }
    page.open(title);
    if (cells.isEmpty()) {
      page.tagged("", Severity.PASS, nothing);
    } else {
      List<String> columns = List.of("Measure", "Before", "After", "Change", "Chance");
      new Grid(new Table("", columns, cells, 0), page.inner()).lines().forEach(page::boxed);
    }
    page.close();
    page.line("");
  }

  private static List<Object> cells(Row row) {
    return List.of(
        row.measure(),
        value(row, row.before()),
        value(row, row.after()),
        change(row.change()),
        chance(row.chance()));
  }

  private static String value(Row row, double value) {
    if (row.unit().equals(Row.TIME)) {
      return Numbers.time((long) value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%,.0f/s" : "%.2f/s", value);
  }

  private static String change(double change) {
    if (Double.isInfinite(change)) {
      return "new";
    }
    // Beyond tenfold, percent do not read well.
    return change >= 9
        ? String.format(Locale.ROOT, "×%,.0f", change + 1)
        : String.format(Locale.ROOT, "%+.0f %%", change * 100);
  }

  private static String chance(Double chance) {
    if (chance == null) {
      return "?";
    }
    if (chance < 1e-6) {
      return "<0.000001";
    }
    return String.format(Locale.ROOT, chance < 0.001 ? "%.6f" : "%.3f", chance);
  }

  private void causes(String title, List<Comparison.FoundCause> causes) {
    if (causes.isEmpty()) {
      return;
    }
    page.open(title);
    for (Comparison.FoundCause cause : causes.subList(0, Math.min(CAUSES, causes.size()))) {
      String worst = cause.worstNs() == null ? "" : ", worst " + Numbers.time(cause.worstNs());
      page.tagged(
          "",
          Severity.valueOf(cause.severity()),
          cause.title() + ": " + Numbers.count(cause.count(), "time") + worst);
    }
    if (causes.size() > CAUSES) {
      page.boxed("and " + Numbers.count(causes.size() - CAUSES) + " more (all with --json)");
    }
    page.close();
    page.line("");
  }

  private void limits() {
    if (comparison.limits().isEmpty()) {
      return;
    }
    page.open("LIMITS");
    for (Comparison.LimitResult limit : comparison.limits()) {
      page.tagged("", limit.passed() ? Severity.PASS : Severity.FAIL, text(limit));
    }
    page.close();
    page.line("");
  }

  private static String text(Comparison.LimitResult limit) {
    if (limit.value() == null) {
      return limit.key() + " was not measured in the second report";
    }
    if (Double.isNaN(limit.limit())) {
      return limit.key() + " was not measured in the first report";
    }
    String from = limit.before() == null ? "" : " (before: " + number(limit.before()) + ")";
    return limit.key()
        + " = "
        + number(limit.value())
        + from
        + (limit.passed() ? ", within " : ", above ")
        + number(limit.limit());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Numbers.count((long) value)
        : String.format(Locale.ROOT, "%,.2f", value);
  }
}
