package latencyscope.analysis.finding;

/**
 * What a cause cost, all its occurrences added up. Times are nanoseconds.
 *
 * @param count how often it occurred
 * @param totalNs time that it cost in all; null if that was not measured
 * @param worstNs the most that it cost at once; null if that was not measured
 * @param at when the worst began, since the epoch; of what has no duration, when one of them
 *     occurred; null if not known
 */
public record Cost(long count, Long totalNs, Long worstNs, Long at) {
  /**
   * Checks that the sum and the time are known where the worst is: outputs show all three.
   *
   * @throws IllegalArgumentException if the worst is known, but not the sum or the time
   */
  public Cost {
    if (worstNs != null && (totalNs == null || at == null)) {
      throw new IllegalArgumentException("a worst case without a sum or a time");
    }
  }

  /** Time that it cost in all, nanoseconds; 0 if that was not measured. */
  public long totalOrZero() {
    return totalNs == null ? 0 : totalNs;
  }

  /** Occurrences that have no duration. */
  public static Cost times(long count) {
    return new Cost(count, null, null, null);
  }
}
