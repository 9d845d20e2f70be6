package latencyscope.alpha;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A frame of the flame graph: time that was lost, and how it divides up. Not safe for use by
 * several threads while it is being filled.
 */
public final class CostNode {
  private final String name;
  private final Map<String, CostNode> children = new LinkedHashMap<>();
  private long totalNs;
  private long count;

  public CostNode(String name) {
    this.name = name;
  }

  /** What the time was lost to. */
  public String name() {
    return name;
  }

  /** The time, nanoseconds. */
  public long totalNs() {
    return totalNs;
  }

  /** How often. */
  public long count() {
    return count;
  }

  /** How it divides up, the greatest first. */
  public List<CostNode> children() {
    List<CostNode> sorted = new ArrayList<>(children.values());
    sorted.sort(
        Comparator.comparingLong(CostNode::totalNs).reversed().thenComparing(CostNode::name));
    return sorted;
  }

  /** Adds time to this frame and to those on the way to a leaf. */
  public void add(long nanos, long times, List<String> path) {
    totalNs += nanos;
    count += times;
    if (!path.isEmpty()) {
      children
          .computeIfAbsent(path.get(0), CostNode::new)
          .add(nanos, times, path.subList(1, path.size()));
    }
  }
}
