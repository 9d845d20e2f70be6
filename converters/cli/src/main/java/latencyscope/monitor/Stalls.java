package latencyscope.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The worst stalls of the last minute: a few of each quarter of a second. Not safe for use by
 * several threads.
 */
final class Stalls {
  private static final int PER_SLOT = 8;
  private static final Comparator<Stall> WORST_FIRST =
      Comparator.comparingLong(Stall::ns)
          .reversed()
          .thenComparing(Comparator.comparingLong(Stall::start).reversed());

  private final Slots<List<Stall>> slots = new Slots<>(() -> new ArrayList<>(PER_SLOT));

  void add(Stall stall) {
    List<Stall> slot = slots.at(Slots.number(stall.end()));
    if (slot == null) {
      return;
    }
    if (slot.size() == PER_SLOT) {
      Stall least = slot.get(PER_SLOT - 1);
      if (least.ns() >= stall.ns()) {
        return;
      }
      slot.remove(PER_SLOT - 1);
    }
    slot.add(stall);
    slot.sort(WORST_FIRST);
  }

  /** The worst of a window, the longest first. */
  List<Stall> worst(long until, int seconds, int limit) {
    List<Stall> all = new ArrayList<>();
    slots.visit(until, seconds, all::addAll);
    all.sort(WORST_FIRST);
    return List.copyOf(all.subList(0, Math.min(limit, all.size())));
  }
}
