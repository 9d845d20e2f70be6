package latencyscope.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds those of a thread's spans that overlap a time. Immutable. */
public final class SpanIndex {
  public static final SpanIndex EMPTY = new SpanIndex(List.of());

  private final List<Span> spans;
  private final long[] latestEnd;

  public SpanIndex(List<Span> unordered) {
    spans = new ArrayList<>(unordered);
    spans.sort(Comparator.comparingLong(Span::start));
    latestEnd = new long[spans.size()];
    for (int i = 0; i < latestEnd.length; i++) {
      latestEnd[i] = Math.max(spans.get(i).end(), i == 0 ? Long.MIN_VALUE : latestEnd[i - 1]);
    }
  }

  /** The spans that overlap a time, in order of their begin. */
  public List<Span> overlapping(long from, long to) {
    List<Span> found = new ArrayList<>();
    for (int i = firstEndingAfter(from); i < latestEnd.length && spans.get(i).start() < to; i++) {
      if (spans.get(i).end() > from) {
        found.add(spans.get(i));
      }
    }
    return found;
  }

  // Ends up to an index only grow, so that this can be searched for by halves.
  private int firstEndingAfter(long time) {
    int low = 0;
    int high = latestEnd.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (latestEnd[middle] > time) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
