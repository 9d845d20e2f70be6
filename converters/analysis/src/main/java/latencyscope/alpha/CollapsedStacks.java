package latencyscope.alpha;

import java.util.stream.Collectors;

/**
 * Writes costs as collapsed stacks, which every flame graph tool reads: frames joined by
 * semicolons, a space, and the cost in cents, or the time.
 */
public final class CollapsedStacks {
  private static final double CENTS = 100;

  private CollapsedStacks() {}

  /** One line for each leaf that costs at least a cent. */
  public static String of(CostReport costs) {
    return of(costs.root(), costs.rate());
  }

  /**
   * One line for each leaf that costs at least a cent; or, without a rate, takes any time.
   *
   * @param root the frames
   * @param rate what time is worth; null for nanoseconds instead of cents
   */
  public static String of(CostNode root, CostRate rate) {
    StringBuilder lines = new StringBuilder();
    for (CostReport.Stack stack : CostReport.stacks(root)) {
      long nanos = stack.leaf().totalNs();
      long weight = rate == null ? nanos : Math.round(rate.dollars(nanos) * CENTS);
      if (weight > 0) {
        lines
            .append(
                stack.frames().stream()
                    .map(frame -> frame.replaceAll("[;\\p{Cntrl}]", "_"))
                    .collect(Collectors.joining(";")))
            .append(' ')
            .append(weight)
            .append('\n');
      }
    }
    return lines.toString();
  }
}
