package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a {@link latencyscope.truth.workload.MemoryWorkload} wrote down: words, one line a fact. */
public final class MemoryAccount {
  private final List<String[]> lines;

  private MemoryAccount(List<String[]> lines) {
    this.lines = lines;
  }

  public static MemoryAccount read(Path file) throws IOException {
    return new MemoryAccount(
        Files.readAllLines(file).stream().map(line -> line.split(" ")).toList());
  }

  /** A thread and its faults by {@code /proc/PID/task/TID/stat}. */
  public record Faults(long osThreadId, long minor, long major) {}

  /** The threads of the load, in the order of their birth. */
  public List<Faults> threads() {
    return lines("thread")
        .map(words ->
            new Faults(
                Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3])))
        .toList();
  }

  /** How long each touch took by the thread's own clock, nanoseconds. */
  public long[] touchesNs() {
    return lines("touch").mapToLong(words -> Long.parseLong(words[1])).toArray();
  }

  /** The one number of a fact. */
  public long number(String fact) {
    return lines(fact).mapToLong(words -> Long.parseLong(words[1])).findFirst().orElseThrow();
  }

  /**
   * Which of the touches that were timed, all of which are of the same size, an address was; -1 if
   * none.
   */
  public int touch(long address) {
    String[] range = lines("range").findFirst().orElseThrow();
    long first = Long.parseLong(range[1]);
    long end = Long.parseLong(range[2]);
    long bytes = (end - first) / lines("touch").count();
    return address < first || address >= end ? -1 : (int) ((address - first) / bytes);
  }

  /** The TLB line of {@code /proc/interrupts} for a CPU at a moment. */
  public long shootdowns(String when, int cpu) {
    return lines("tlb")
        .filter(words -> words[1].equals(when) && words[2].equals(String.valueOf(cpu)))
        .mapToLong(words -> Long.parseLong(words[3]))
        .findFirst()
        .orElseThrow();
  }

  private Stream<String[]> lines(String first) {
    return lines.stream().filter(words -> words[0].equals(first));
  }
}
