package latencyscope.analysis.memory;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;

/**
 * In which lines of the program a thread's recorded faults were. Bounded: places beyond the limit
 * are counted as unknown. Not safe for use by several threads.
 */
final class FaultPlaces {
  private static final int LIMIT = 1_000;

  private record Key(ThreadId thread, boolean major) {}

  /** Faults of one place; of one that is not known, the place is null. */
  private static final class Sum {
    private long count;
    private long totalNs;
    private PageFault worst;

    private void add(PageFault fault) {
      count++;
      totalNs += fault.duration();
      if (worst == null || fault.duration() > worst.duration()) {
        worst = fault;
      }
    }
  }

  /**
   * The line that cost a thread most.
   *
   * @param place in the program
   * @param count recorded faults there
   * @param of all recorded faults of the thread
   * @param frames of the longest of them, the innermost first
   */
  record Place(String place, long count, long of, List<String> frames) {
    /** Such as {@code 14 of 20 recorded faults were at demo.book.OrderBook.insert:88}. */
    String words() {
      return String.format(Locale.ROOT, "%,d of %,d recorded faults were at %s.", count, of, place);
    }
  }

  private final Map<Key, Map<String, Sum>> sums = new HashMap<>();

  void add(PageFault fault) {
    Map<String, Sum> places =
        sums.computeIfAbsent(new Key(fault.thread(), fault.major()), key -> new HashMap<>());
    String place = CodeStack.place(fault.stack().frames()).orElse(null);
    boolean isKnown = places.containsKey(place) || places.size() < LIMIT;
    places.computeIfAbsent(isKnown ? place : null, key -> new Sum()).add(fault);
  }

  /** Where in the program a thread's faults of a kind cost most; empty if that is not known. */
  Optional<Place> costliest(ThreadId thread, boolean major) {
    Map<String, Sum> places = sums.getOrDefault(new Key(thread, major), Map.of());
    long all = places.values().stream().mapToLong(sum -> sum.count).sum();
    return places.entrySet().stream()
        .filter(place -> place.getKey() != null)
        .max(
            Comparator.comparingLong((Map.Entry<String, Sum> place) -> place.getValue().totalNs)
                .thenComparing(Map.Entry::getKey))
        .map(place -> {
          Sum sum = place.getValue();
          return new Place(place.getKey(), sum.count, all, sum.worst.stack().frames());
        });
  }
}
