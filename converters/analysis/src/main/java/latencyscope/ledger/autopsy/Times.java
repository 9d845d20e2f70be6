package latencyscope.ledger.autopsy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import latencyscope.ledger.Interval;

/** Stretches of time that every event of a recording is compared with. Immutable. */
final class Times {
  // Disjoint, in order of time.
  private final long[] starts;
  private final long[] ends;

  /** Of stretches that may overlap. */
  Times(Collection<Interval> intervals) {
    List<Interval> sorted =
        intervals.stream()
            .filter(one -> one.length() > 0)
            .sorted(Comparator.comparingLong(Interval::start))
            .toList();
    long[] begins = new long[sorted.size()];
    long[] stops = new long[sorted.size()];
    int count = 0;
    for (Interval one : sorted) {
      if (count > 0 && one.start() <= stops[count - 1]) {
        stops[count - 1] = Math.max(stops[count - 1], one.end());
      } else {
        begins[count] = one.start();
        stops[count++] = one.end();
      }
    }
    starts = Arrays.copyOf(begins, count);
    ends = Arrays.copyOf(stops, count);
  }

  /** Whether an event from {@code start} to {@code end} is in any of them for some time. */
  boolean overlap(long start, long end) {
    int found = Arrays.binarySearch(starts, end);
    // The last that begins before the event's end.
    int last = (found < 0 ? -found - 1 : found) - 1;
    return last >= 0 && start < ends[last];
  }
}
