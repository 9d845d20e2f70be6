package latencyscope.guest.facts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import latencyscope.guest.event.EventSink;
import latencyscope.proc.KernelFile;

/**
 * Time that a hypervisor gave CPUs to others while they had something to run, for each CPU. A
 * thread that runs then seems to run, and one that waits behind it waits longer: nothing else says
 * so.
 *
 * <p>Source: {@code /proc/stat}, field {@code steal}, in ticks of 10 ms. Used by one thread at a
 * time.
 */
public final class StealTime implements HostAccount {
  /** Module that this belongs to: it is recorded with it only. */
  public static final String MODULE = "isolation";

  private static final String MEASURE = "steal";
  private static final int FIELD = 8;
  private static final long TICK_NS = 10_000_000;

  private final Path file;
  private final SubjectCounter counter;
  private final RisingCounts<Integer> rises = new RisingCounts<>();

  /** Reads below this folder, which is {@code /} but in tests. */
  public StealTime(Path root, EventSink sink) throws IllegalAccessException {
    file = root.resolve("proc/stat");
    counter = new SubjectCounter(MODULE, "cpu", sink);
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
    takeNew().forEach((cpu, ns) -> counter.commit(MEASURE, cpu, ns, startTicks, endTicks));
  }

  /** Nanoseconds since the last call, of the CPUs that lost any. */
  Map<Integer, Long> takeNew() {
    Map<Integer, Long> lost = rises.take(read());
    lost.replaceAll((cpu, ticks) -> ticks * TICK_NS);
    return lost;
  }

  private Map<Integer, Long> read() {
    Map<Integer, Long> ticks = new HashMap<>();
    try {
      for (String line : KernelFile.lines(file)) {
        String[] words = line.split(" ");
        if (words.length > FIELD && words[0].matches("cpu\\d+")) {
          ticks.put(Integer.valueOf(words[0].substring(3)), Long.valueOf(words[FIELD]));
        }
      }
    } catch (IOException | NumberFormatException notToBeHad) {
      return Map.of();
    }
    return ticks;
  }
}
