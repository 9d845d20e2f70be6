package latencyscope.diff;

/**
 * One measure of two reports.
 *
 * @param module module that it is of
 * @param measure what it is, such as {@code Runqueue latency P99}
 * @param unit {@link #RATE} or {@link #TIME}
 * @param before its value in the first report
 * @param after its value in the second one
 * @param chance how likely such a difference is by chance, corrected for the number of comparisons;
 *     null if nothing can be said
 * @param verdict what to make of it
 */
public record Row(
    String module,
    String measure,
    String unit,
    double before,
    double after,
    Double chance,
    Verdict verdict) {
  /** Occurrences per second. */
  public static final String RATE = "per_second";

  /** Nanoseconds. */
  public static final String TIME = "ns";

  /** Less than this is nobody's business, however sure it is. */
  static final double MATERIAL = 0.05;

  /** A difference that comes by chance more often than this is not called one. */
  static final double SURE = 0.01;

  /** What to make of a difference. */
  public enum Verdict {
    /** More than before, and that is no chance. */
    WORSE,
    /** Less than before, and that is no chance. */
    BETTER,
    /** The same, or nearly. */
    SAME,
    /** Different, but so might two captures of the same be. */
    NOISE,
    /** Different, and whether that is chance is unknown. */
    UNKNOWN
  }

  /** The change as a share of the value before; infinite if that was 0. */
  public double change() {
    if (before == after) {
      return 0;
    }
    return before == 0 ? Double.POSITIVE_INFINITY : after / before - 1;
  }

  /** The same with the verdict that follows when so many comparisons are made. */
  Row judged(int comparisons) {
    if (Math.abs(change()) < MATERIAL) {
      return with(corrected(comparisons), Verdict.SAME);
    }
    if (chance == null) {
      return with(null, Verdict.UNKNOWN);
    }
    double corrected = corrected(comparisons);
    if (corrected > SURE) {
      return with(corrected, Verdict.NOISE);
    }
    return with(corrected, after > before ? Verdict.WORSE : Verdict.BETTER);
  }

  // Bonferroni: of a hundred comparisons of the same, one would be sure by a hundredth.
  private Double corrected(int comparisons) {
    return chance == null ? null : (Double) Math.min(1, chance * comparisons);
  }

  private Row with(Double corrected, Verdict judgement) {
    return new Row(module, measure, unit, before, after, corrected, judgement);
  }
}
