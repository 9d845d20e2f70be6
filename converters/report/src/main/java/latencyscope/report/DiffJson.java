package latencyscope.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import latencyscope.analysis.Metrics;
import latencyscope.diff.Comparison;
import latencyscope.diff.Row;

/** The values of a comparison by the keys of its JSON form; see {@code docs/diff.schema.json}. */
final class DiffJson {
  private static final int DIGITS = 3;

  private DiffJson() {}

  static Metrics of(Comparison comparison) {
    Metrics tree = new Metrics();
    tree.put("before", head(comparison.before()));
    tree.put("after", head(comparison.after()));
    tree.put("exit_code", comparison.exitCode());
    tree.put("worse_count", comparison.count(Row.Verdict.WORSE));
    tree.put("better_count", comparison.count(Row.Verdict.BETTER));
    tree.put("measures", comparison.rows().stream().map(DiffJson::row).toList());
    tree.put("new_findings", comparison.newFindings().stream().map(DiffJson::cause).toList());
    tree.put("gone_findings", comparison.goneFindings().stream().map(DiffJson::cause).toList());
    tree.put("limits", comparison.limits().stream().map(DiffJson::limit).toList());
    return tree.put("notes", comparison.notes().stream().map(DiffJson::note).toList());
  }

  private static Metrics head(Comparison.Head head) {
    Metrics row = new Metrics();
    row.put("file", head.file());
    row.put("started_at", head.startedAt());
    row.put("duration_seconds", head.seconds());
    row.put("target", head.target());
    return row.put("exit_code", head.exitCode());
  }

  private static Metrics row(Row measure) {
    Metrics row = new Metrics();
    row.put("module", measure.module());
    row.put("measure", measure.measure());
    row.put("unit", measure.unit());
    row.put("before", measure.before());
    row.put("after", measure.after());
    row.put("chance", rounded(measure.chance()));
    return row.put("verdict", measure.verdict().name().toLowerCase(Locale.ROOT));
  }

  // More digits would differ from one machine's logarithm to another's, and mean nothing.
  private static Double rounded(Double chance) {
    return chance == null
        ? null
        : (Double) new BigDecimal(chance).round(new MathContext(DIGITS)).doubleValue();
  }

  private static Metrics cause(Comparison.FoundCause cause) {
    Metrics row = new Metrics();
    row.put("severity", cause.severity());
    row.put("title", cause.title());
    row.put("count", cause.count());
    return row.put("worst_ns", cause.worstNs());
  }

  private static Metrics limit(Comparison.LimitResult limit) {
    Metrics row = new Metrics();
    row.put("key", limit.key());
    row.put("limit", Double.isNaN(limit.limit()) ? null : (Double) limit.limit());
    row.put("value", limit.value());
    row.put("before", limit.before());
    return row.put("passed", limit.passed());
  }

  private static Metrics note(String note) {
    return new Metrics().put("text", note);
  }
}
