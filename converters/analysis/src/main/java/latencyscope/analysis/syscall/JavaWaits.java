package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.event.JvmEvent;

/**
 * The JVM's own account of its threads' waits, of the last two chunks of a recording. Not safe for
 * use by several threads.
 */
final class JavaWaits {
  // A wait lies within very few others: Object.wait, and the lock that is taken again after it.
  private static final int MAX_NESTED = 4;

  private Map<Long, List<JavaWait>> before = new HashMap<>();
  private Map<Long, List<JavaWait>> current = new HashMap<>();

  void add(JvmEvent event) {
    if (event.thread() != null) {
      current
          .computeIfAbsent(event.thread().osTid(), tid -> new ArrayList<>())
          .add(JavaWait.of(event));
    }
  }

  /** Makes ready for questions; what is added later is not part of the answers. */
  void sort() {
    current.values().forEach(list -> list.sort(Comparator.comparingLong(JavaWait::start)));
  }

  /** Forgets all but what came since this was last called. */
  void age() {
    before = current;
    current = new HashMap<>();
  }

  /** The innermost wait that a thread was in at a time; null if Java recorded none. */
  JavaWait at(long osTid, long time) {
    JavaWait found = at(current.get(osTid), time);
    return found != null ? found : at(before.get(osTid), time);
  }

  private static JavaWait at(List<JavaWait> sorted, long time) {
    if (sorted == null) {
      return null;
    }
    int low = 0;
    for (int high = sorted.size(); low < high; ) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).start() <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low - 1; i >= Math.max(0, low - MAX_NESTED); i--) {
      if (sorted.get(i).end() >= time) {
        return sorted.get(i);
      }
    }
    return null;
  }
}
