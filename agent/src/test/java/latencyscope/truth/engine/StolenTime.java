package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a hypervisor took from a CPU since a moment. The scheduler's clock leaves that out of what a
 * task has run ({@code update_rq_clock_task}), so such an account is shorter than the time by as
 * much.
 */
public final class StolenTime {
  private static final Path FILE = Path.of("/proc/stat");
  private static final int FIELD = 8;
  private static final long TICK_NS = 10_000_000;

  private final int cpu;
  private final long before;

  private StolenTime(int cpu) throws IOException {
    this.cpu = cpu;
    this.before = ticks(cpu);
  }

  /** Begins now. */
  public static StolenTime of(int cpu) throws IOException {
    return new StolenTime(cpu);
  }

  /** Begins now, for each CPU: of threads that may run on any. */
  public static List<StolenTime> ofEach() throws IOException {
    List<StolenTime> all = new ArrayList<>();
    for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
      all.add(of(cpu));
    }
    return all;
  }

  /** The most, in nanoseconds, that it can have been until now on all of these. */
  public static long atMostNs(List<StolenTime> all) throws IOException {
    long sum = 0;
    for (StolenTime one : all) {
      sum += one.atMostNs();
    }
    return sum;
  }

  /** The most, in nanoseconds, that it can have been until now: the kernel says whole ticks. */
  public long atMostNs() throws IOException {
    return (ticks(cpu) - before + 1) * TICK_NS;
  }

  private static long ticks(int cpu) throws IOException {
    return Files.readAllLines(FILE).stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals("cpu" + cpu))
        .mapToLong(words -> Long.parseLong(words[FIELD]))
        .findFirst()
        .orElseThrow();
  }
}
