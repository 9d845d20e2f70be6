package latencyscope.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Which slices of a thread lie on its own row: those that nest, as the calls of a thread do. Takes
 * them in the order of {@link Span#BY_THREAD}. Not safe for use by several threads.
 */
final class SpanStack {
  /** On the thread's own row; other rows have numbers from 1. */
  static final int OWN = 0;

  private final IntPredicate asynchronous;
  private final List<Span> stack = new ArrayList<>();
  private final Map<Integer, List<Long>> rows = new HashMap<>();
  private int thread = -1;
  private long lastEnd;
  private int lastPlace;

  /**
   * @param asynchronous whether a type is not on the thread's own row at all
   */
  SpanStack(IntPredicate asynchronous) {
    this.asynchronous = asynchronous;
  }

  /** The row of the next slice. */
  int row(Span span) {
    if (span.thread() != thread) {
      thread = span.thread();
      stack.clear();
      rows.clear();
      lastEnd = Long.MIN_VALUE;
    }
    if (span.start() == span.end()) {
      return OWN;
    }
    if (asynchronous.test(span.type())) {
      return besides(span);
    }
    while (!stack.isEmpty() && top().end() <= span.start()) {
      Span ended = stack.remove(stack.size() - 1);
      lastPlace = ended.end() == lastEnd ? Math.max(lastPlace, ended.place()) : ended.place();
      lastEnd = ended.end();
    }
    if (!fits(span)) {
      return besides(span);
    }
    stack.add(span);
    return OWN;
  }

  private Span top() {
    return stack.get(stack.size() - 1);
  }

  // Of what begins and ends at the same time, readers take first what is written first.
  private boolean fits(Span span) {
    if (lastEnd == span.start() && lastPlace > span.place()) {
      return false;
    }
    if (stack.isEmpty()) {
      return true;
    }
    boolean begunFirst = top().start() < span.start() || top().place() < span.place();
    return begunFirst && top().nests(span);
  }

  private int besides(Span span) {
    List<Long> ends = rows.computeIfAbsent(span.type(), type -> new ArrayList<>(1));
    int row = 0;
    while (row < ends.size() && ends.get(row) > span.start()) {
      row++;
    }
    if (row == ends.size()) {
      ends.add(span.end());
    } else {
      ends.set(row, span.end());
    }
    return row + 1;
  }
}
