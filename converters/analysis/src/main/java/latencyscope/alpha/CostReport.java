package latencyscope.alpha;

import java.util.ArrayList;
import java.util.List;

/**
 * What latency cost: module, cause, culprit, thread.
 *
 * @param rate what time is worth
 * @param root all of it
 */
public record CostReport(CostRate rate, CostNode root) {
  /** What a frame costs, dollars. */
  public double dollars(CostNode node) {
    return rate.dollars(node.totalNs());
  }

  /** A path to a leaf, with the leaf's share. */
  public record Stack(List<String> frames, CostNode leaf) {}

  /** The leaves with the way to them, in the order of the frames. */
  public List<Stack> stacks() {
    return stacks(root);
  }

  /** The leaves of any frames, in their order. */
  static List<Stack> stacks(CostNode root) {
    List<Stack> stacks = new ArrayList<>();
    root.children().forEach(child -> collect(child, List.of(), stacks));
    return stacks;
  }

  private static void collect(CostNode node, List<String> above, List<Stack> stacks) {
    List<String> frames = new ArrayList<>(above);
    frames.add(node.name());
    if (node.children().isEmpty()) {
      stacks.add(new Stack(List.copyOf(frames), node));
    }
    node.children().forEach(child -> collect(child, frames, stacks));
  }
}
