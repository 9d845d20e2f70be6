package latencyscope.ledger.explain;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import latencyscope.ledger.Window;
import latencyscope.recording.thread.ThreadId;

/**
 * Events without a duration: the windows between them are the times from one to the next of the
 * same thread. Bounded: beyond the limit the events read last are left out. Used by one thread.
 */
final class Marks {
  private static final int START = 64;

  private final Map<ThreadId, OfThread> byThread = new HashMap<>();
  private int count;

  private static final class OfThread {
    final String type;
    final String label;
    long[] times = new long[START];
    int count;

    OfThread(String type, String label) {
      this.type = type;
      this.label = label;
    }
  }

  void add(String type, String label, ThreadId thread, long time) {
    if (count == WindowSet.MAX_WINDOWS) {
      return;
    }
    OfThread of = byThread.computeIfAbsent(thread, t -> new OfThread(type, label));
    if (of.count == of.times.length) {
      of.times = Arrays.copyOf(of.times, 2 * of.count);
    }
    of.times[of.count++] = time;
    count++;
  }

  boolean isEmpty() {
    return count == 0;
  }

  void addTo(WindowSet windows) {
    byThread.forEach((thread, of) -> {
      long[] times = Arrays.copyOf(of.times, of.count);
      Arrays.sort(times);
      for (int i = 1; i < times.length; i++) {
        if (times[i] > times[i - 1]) {
          String label = of.label + " to the next";
          windows.add(new Window(of.type, label, thread, times[i - 1], times[i], true));
        }
      }
    });
  }
}
