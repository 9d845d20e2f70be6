package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The greatest of any number of elements, in memory for a fixed number. Of equal ones the first
 * stay. Not safe for use by several threads.
 */
final class Worst<T> {
  private final int limit;
  private final Comparator<? super T> order;
  private final PriorityQueue<T> kept;

  Worst(int limit, Comparator<? super T> order) {
    this.limit = limit;
    this.order = order;
    this.kept = new PriorityQueue<>(order);
  }

  void add(T element) {
    if (kept.size() < limit) {
      kept.add(element);
    } else if (order.compare(element, kept.peek()) > 0) {
      kept.poll();
      kept.add(element);
    }
  }

  /** What was kept, the greatest first. */
  List<T> descending() {
    List<T> elements = new ArrayList<>(kept);
    elements.sort(order.reversed());
    return elements;
  }
}
