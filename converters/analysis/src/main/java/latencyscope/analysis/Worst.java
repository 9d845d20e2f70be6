package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import latencyscope.analysis.tally.Timed;

/**
 * The costliest of any number of elements, in memory for a fixed number. Of equal ones the earliest
 * stay, in whichever order they came. Not safe for use by several threads.
 */
public final class Worst<T extends Timed> {
  private final int limit;
  private final Comparator<T> order;
  private final PriorityQueue<T> kept;

  public Worst(int limit, ToLongFunction<T> cost) {
    this.limit = limit;
    this.order = Timed.byCost(cost);
    this.kept = new PriorityQueue<>(order);
  }

  public void add(T element) {
    if (kept.size() < limit) {
      kept.add(element);
    } else if (order.compare(element, kept.peek()) > 0) {
      kept.poll();
      kept.add(element);
    }
  }

  /** What was kept, the costliest first. */
  public List<T> descending() {
    List<T> elements = new ArrayList<>(kept);
    elements.sort(order.reversed());
    return elements;
  }
}
