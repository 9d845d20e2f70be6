package latencyscope.alpha;

import java.util.stream.Collectors;

/**
 * Writes costs as collapsed stacks, which every flame graph tool reads: frames joined by
 * semicolons, a space, and the cost in cents.
 */
public final class CollapsedStacks {
  private static final double CENTS = 100;

  private CollapsedStacks() {}

  /** One line for each leaf that costs at least a cent. */
  public static String of(CostReport costs) {
    StringBuilder lines = new StringBuilder();
    for (CostReport.Stack stack : costs.stacks()) {
      long cents = Math.round(costs.dollars(stack.leaf()) * CENTS);
      if (cents > 0) {
        lines
            .append(
                stack.frames().stream()
                    .map(frame -> frame.replaceAll("[;\\p{Cntrl}]", "_"))
                    .collect(Collectors.joining(";")))
            .append(' ')
            .append(cents)
            .append('\n');
      }
    }
    return lines.toString();
  }
}
