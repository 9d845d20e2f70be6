package latencyscope.ledger.lost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Segment;
import latencyscope.recording.event.JvmEvent;

/**
 * Knows which garbage collection a stop was for. Bounded: later collections than the limit are not
 * known. Not safe for use by several threads while it is being filled.
 */
final class Stops {
  private static final int LIMIT = 200_000;

  /** HotSpot's VM operations of its collectors. */
  private static final Pattern COLLECTION =
      Pattern.compile("(?:G1|Parallel|Serial|Gen|Collect|Shenandoah|X[A-Z]|Z[A-Z]).*");

  private final List<Collection> collections = new ArrayList<>();
  private boolean sorted;

  private record Collection(long start, long end, String cause) {}

  /** Takes a {@code jdk.GarbageCollection}. */
  void add(JvmEvent event) {
    String cause = event.text("cause");
    if (cause != null && collections.size() < LIMIT) {
      collections.add(new Collection(event.start(), event.start() + event.duration(), cause));
    }
  }

  /** What a stretch was for; null if the thread was not stopped. */
  Stop of(Segment segment) {
    if (segment.cause() != Cause.STOPPED) {
      return null;
    }
    String operation = segment.culprit();
    boolean collects = operation != null && COLLECTION.matcher(operation).matches();
    return new Stop(operation, collects ? cause(segment) : null);
  }

  // A concurrent collection lasts while others come and go: the latest to begin is meant.
  private String cause(Segment segment) {
    if (!sorted) {
      collections.sort(Comparator.comparingLong(Collection::start));
      sorted = true;
    }
    for (int i = firstAfter(segment.end()) - 1; i >= 0; i--) {
      if (collections.get(i).end() >= segment.start()) {
        return collections.get(i).cause();
      }
    }
    return "cause not recorded";
  }

  private int firstAfter(long time) {
    int low = 0;
    int high = collections.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (collections.get(middle).start() > time) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
