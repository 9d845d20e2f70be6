package latencyscope.guest.hotspot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Memory of one use.
 *
 * @param begin first address, of user space and so never negative
 * @param end address after the last
 */
public record AddressRange(long begin, long end, MemoryRegion region) {
  private static final Comparator<AddressRange> ORDER =
      Comparator.comparingLong(AddressRange::begin).thenComparingLong(AddressRange::end);

  /** Ascending, without overlaps, neighbours of one use made one. */
  public static List<AddressRange> disjoint(List<AddressRange> ranges) {
    List<AddressRange> disjoint = new ArrayList<>();
    for (AddressRange range : ranges.stream().sorted(ORDER).toList()) {
      AddressRange last = disjoint.isEmpty() ? null : disjoint.get(disjoint.size() - 1);
      if (last == null || range.begin > last.end) {
        disjoint.add(range);
      } else if (range.region == last.region) {
        long end = Math.max(last.end, range.end);
        disjoint.set(disjoint.size() - 1, new AddressRange(last.begin, end, last.region));
      } else if (range.end > last.end) {
        disjoint.add(new AddressRange(last.end, range.end, range.region));
      }
    }
    return disjoint;
  }

  /** What some ranges leave of others: all of both, the first where both are. */
  public static List<AddressRange> over(List<AddressRange> first, List<AddressRange> others) {
    List<AddressRange> above = disjoint(first);
    List<AddressRange> all = new ArrayList<>(above);
    int next = 0;
    for (AddressRange range : disjoint(others)) {
      long from = range.begin;
      while (next < above.size() && above.get(next).end <= from) {
        next++;
      }
      for (int i = next; i < above.size() && above.get(i).begin < range.end; i++) {
        if (above.get(i).begin > from) {
          all.add(new AddressRange(from, above.get(i).begin, range.region));
        }
        from = above.get(i).end;
      }
      if (from < range.end) {
        all.add(new AddressRange(from, range.end, range.region));
      }
    }
    return disjoint(all);
  }
}
