package latencyscope.agent;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.Counter;

/**
 * What the kernel counts for the whole host alone, because no tracepoint tells whose it was: huge
 * pages that were split.
 *
 * <p>Source: {@code /proc/vmstat}. What a kernel does not count is left out. Used by one thread at
 * a time.
 */
final class HostCounters {
  /** Module that these belong to: they are recorded with it only. */
  static final String MODULE = "memory";

  private static final String SUBJECT = "host";
  private static final List<String> MEASURES = List.of("thp_split_page", "thp_split_pmd");

  private final Path file;
  private final VarHandle startTime;
  private final VarHandle duration;
  private final Map<String, Long> last = new HashMap<>();

  /** Reads below this folder, which is {@code /} but in tests. */
  HostCounters(Path root) throws IllegalAccessException {
    file = root.resolve("proc/vmstat");
    startTime = ImplicitFields.startTime(Counter.class);
    duration = ImplicitFields.duration(Counter.class);
  }

  /** Marks now as the begin of the first interval. */
  void begin() {
    last.putAll(read());
  }

  /** Commits what rose in the given interval of ticks, which is that since the last call. */
  void commit(long startTicks, long endTicks) {
    read()
        .forEach((measure, now) -> {
          Long before = last.put(measure, now);
          if (before != null && now > before) {
            commit(measure, now - before, startTicks, endTicks);
          }
        });
  }

  private void commit(String measure, long value, long startTicks, long endTicks) {
    Counter event = new Counter();
    startTime.set(event, startTicks);
    duration.set(event, Math.max(1, endTicks - startTicks));
    event.module = MODULE;
    event.measure = measure;
    event.subject = SUBJECT;
    event.cpu = -1;
    event.value = value;
    event.commit();
  }

  private Map<String, Long> read() {
    Map<String, Long> counts = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ");
        if (words.length == 2 && MEASURES.contains(words[0])) {
          counts.put(words[0], Long.valueOf(words[1]));
        }
      }
    } catch (IOException | NumberFormatException notToBeHad) {
      return Map.of();
    }
    return counts;
  }
}
