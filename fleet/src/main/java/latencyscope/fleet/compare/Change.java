package latencyscope.fleet.compare;

/**
 * The day since which a measure of a host differs most from before, and how sure that is.
 *
 * @param series the measure, day by day
 * @param since the first day that differs
 * @param before geometric mean of the days before
 * @param after geometric mean of the days since
 * @param chance how likely a difference at least as large is by chance, corrected for the number of
 *     comparisons
 */
public record Change(Series series, String since, double before, double after, double chance) {
  /** Less than this is nobody's business, however sure it is; {@code diff} has the same. */
  static final double MATERIAL = 0.05;

  /** A difference that comes by chance more often than this is not called one, as in diff. */
  public static final double SURE = 0.01;

  /** The change as a factor. */
  public double factor() {
    return after / before;
  }

  /** Whether it is larger than before, and that is no chance. */
  public boolean isWorse() {
    return chance <= SURE && factor() > 1 + MATERIAL;
  }

  /** Whether it is smaller than before, and that is no chance. */
  public boolean isBetter() {
    return chance <= SURE && factor() < 1 - MATERIAL;
  }
}
