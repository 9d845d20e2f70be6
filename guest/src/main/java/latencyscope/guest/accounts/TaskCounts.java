package latencyscope.guest.accounts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import latencyscope.proc.KernelFile;
import latencyscope.proc.TaskStat;

/**
 * The kernel's counts of one thread since its birth, from {@code stat}, {@code status} and {@code
 * schedstat} of its folder in {@code /proc}. Used by one thread at a time.
 */
final class TaskCounts {
  /** Names as the modules give them to the same counts. */
  static final List<String> MEASURES =
      List.of(
          "voluntary_switches",
          "involuntary_switches",
          "run_delay_ns",
          "run_delay_count",
          "minor_faults",
          "major_faults");

  /** How many of them belong to the module isolation; the rest belong to the module memory. */
  static final int OF_ISOLATION = 4;

  private static final String VOLUNTARY = "voluntary_ctxt_switches:";
  private static final String INVOLUNTARY = "nonvoluntary_ctxt_switches:";

  private final String startTime;
  private final String kernelName;
  private final long[] values;

  private TaskCounts(String startTime, String kernelName, long[] values) {
    this.startTime = startTime;
    this.kernelName = kernelName;
    this.values = values;
  }

  /** Of a thread that was just born. */
  static TaskCounts none() {
    return new TaskCounts("", "", new long[MEASURES.size()]);
  }

  /**
   * Reads them.
   *
   * @param task the thread's folder
   * @return empty if it has ended; what this kernel does not count is 0
   */
  static Optional<TaskCounts> read(Path task) {
    Optional<TaskStat> stat = TaskStat.read(task);
    if (stat.isEmpty() || stat.get().hasEnded()) {
      return Optional.empty();
    }
    long[] values = new long[MEASURES.size()];
    try {
      for (String line : KernelFile.lines(task.resolve("status"))) {
        if (line.startsWith(VOLUNTARY)) {
          values[0] = Long.parseLong(line.substring(VOLUNTARY.length()).strip());
        } else if (line.startsWith(INVOLUNTARY)) {
          values[1] = Long.parseLong(line.substring(INVOLUNTARY.length()).strip());
        }
      }
      // Time on a CPU, time of waiting for one, and how often it got one.
      String[] schedstat = KernelFile.find(task.resolve("schedstat")).orElse("0 0 0").split(" ");
      values[2] = Long.parseLong(schedstat[1]);
      values[3] = Long.parseLong(schedstat[2]);
      values[4] = Long.parseLong(stat.get().field(TaskStat.MINOR_FAULTS));
      values[5] = Long.parseLong(stat.get().field(TaskStat.MAJOR_FAULTS));
      return Optional.of(
          new TaskCounts(stat.get().field(TaskStat.START_TIME), KernelFile.comm(task), values));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }

  TaskCounts copy() {
    return new TaskCounts(startTime, kernelName, values.clone());
  }

  /** Identifies the thread among those that had its id. */
  String startTime() {
    return startTime;
  }

  String kernelName() {
    return kernelName;
  }

  /** A count by the index of its name in {@link #MEASURES}. */
  long value(int measure) {
    return values[measure];
  }

  void set(int measure, long value) {
    values[measure] = value;
  }
}
