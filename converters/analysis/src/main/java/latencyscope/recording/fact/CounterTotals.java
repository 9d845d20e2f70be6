package latencyscope.recording.fact;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.recording.thread.ThreadId;

/**
 * The exact counts of one module, added up over the recording: counters that the kernel kept for
 * every occurrence, whatever was lost.
 *
 * <p>Immutable.
 */
public final class CounterTotals {
  private final Map<String, Map<ThreadId, Long>> byMeasure;

  public CounterTotals(Map<String, Map<ThreadId, Long>> byMeasure) {
    this.byMeasure = byMeasure;
  }

  /** Sum over all threads; empty if the measure is not in the recording at all. */
  public OptionalLong total(String measure) {
    Map<ThreadId, Long> threads = byMeasure.get(measure);
    return threads == null
        ? OptionalLong.empty()
        : OptionalLong.of(threads.values().stream().mapToLong(Long::longValue).sum());
  }

  /** The count of one thread; empty if the measure is not in the recording at all, else 0. */
  public OptionalLong of(ThreadId thread, String measure) {
    Map<ThreadId, Long> threads = byMeasure.get(measure);
    return threads == null
        ? OptionalLong.empty()
        : OptionalLong.of(threads.getOrDefault(thread, 0L));
  }

  /** The measures of which this thread has a count. */
  public Map<String, Long> of(ThreadId thread) {
    Map<String, Long> counts = new LinkedHashMap<>();
    byMeasure.forEach((measure, threads) -> {
      Long count = threads.get(thread);
      if (count != null) {
        counts.put(measure, count);
      }
    });
    return counts;
  }

  /** All counts by measure and thread. */
  public Map<String, Map<ThreadId, Long>> byMeasure() {
    return Collections.unmodifiableMap(byMeasure);
  }
}
