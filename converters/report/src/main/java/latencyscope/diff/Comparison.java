package latencyscope.diff;

import java.util.List;

/**
 * What two reports differ in.
 *
 * @param before head of the first report
 * @param after head of the second one
 * @param rows their measures
 * @param newFindings findings that only the second has, the worst first
 * @param goneFindings findings that only the first had
 * @param limits what came of the limits
 * @param notes what makes the two hard to compare, as sentences
 */
public record Comparison(
    Head before,
    Head after,
    List<Row> rows,
    List<FoundCause> newFindings,
    List<FoundCause> goneFindings,
    List<LimitResult> limits,
    List<String> notes) {
  private static final int VIOLATION = 2;
  private static final int WARNING = 1;

  /**
   * Which report it is.
   *
   * @param file its file
   * @param startedAt when its capture began; null if not recorded
   * @param seconds how long it was
   * @param target what was watched
   * @param exitCode its own exit code
   */
  public record Head(String file, String startedAt, double seconds, String target, int exitCode) {}

  /**
   * A finding of one of the two.
   *
   * @param severity PASS, WARN or FAIL
   * @param title what happened
   * @param count how often
   * @param worstNs the most that it cost at once; null if that was not measured
   */
  public record FoundCause(String severity, String title, long count, Long worstNs) {}

  /**
   * What came of a limit.
   *
   * @param key dotted path in the JSON report
   * @param limit the largest value that passes
   * @param value value of the second report; null if it was not measured, which does not pass
   * @param before value of the first report, where the limit is relative to it; else null
   * @param passed whether it passed
   */
  public record LimitResult(
      String key, double limit, Double value, Double before, boolean passed) {}

  /** Copies the lists. */
  public Comparison {
    rows = List.copyOf(rows);
    newFindings = List.copyOf(newFindings);
    goneFindings = List.copyOf(goneFindings);
    limits = List.copyOf(limits);
    notes = List.copyOf(notes);
  }

  /** Number of measures of a verdict. */
  public int count(Row.Verdict verdict) {
    return (int) rows.stream().filter(row -> row.verdict() == verdict).count();
  }

  /** 2 if a limit is exceeded; else 1 if anything got worse; or 0. */
  public int exitCode() {
    if (limits.stream().anyMatch(limit -> !limit.passed())) {
      return VIOLATION;
    }
    return count(Row.Verdict.WORSE) > 0 ? WARNING : 0;
  }
}
