package latencyscope.guest.facts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.guest.event.EventSink;
import latencyscope.proc.KernelFile;

/**
 * What the kernel counts for the whole host alone, because no tracepoint has the process: huge
 * pages that were split.
 *
 * <p>Source: {@code /proc/vmstat}. What a kernel does not count is left out. Used by one thread at
 * a time.
 */
public final class HostCounters implements HostAccount {
  /** Module that these belong to: they are recorded with it only. */
  public static final String MODULE = "memory";

  private static final List<String> MEASURES = List.of("thp_split_page", "thp_split_pmd");

  private final Path file;
  private final SubjectCounter counter;
  private final RisingCounts<String> rises = new RisingCounts<>();

  /** Reads below this folder, which is {@code /} but in tests. */
  public HostCounters(Path root, EventSink sink) throws IllegalAccessException {
    file = root.resolve("proc/vmstat");
    counter = new SubjectCounter(MODULE, "host", sink);
  }

  @Override
  public String module() {
    return MODULE;
  }

  @Override
  public void begin() {
    rises.take(read());
  }

  @Override
  public void commit(long startTicks, long endTicks) {
    rises
        .take(read())
        .forEach((measure, by) -> counter.commit(measure, 0, by, startTicks, endTicks));
  }

  private Map<String, Long> read() {
    Map<String, Long> counts = new HashMap<>();
    try {
      for (String line : KernelFile.lines(file)) {
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
