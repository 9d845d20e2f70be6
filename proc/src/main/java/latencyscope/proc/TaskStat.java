package latencyscope.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A task's or process's {@code stat}. Its second field is the name, which may hold anything, also
 * spaces, parentheses and line feeds; all others are numbers or letters.
 */
public final class TaskStat {
  /** Number of a field as proc(5) counts them. */
  public static final int PARENT = 4;

  public static final int MINOR_FAULTS = 10;
  public static final int MAJOR_FAULTS = 12;

  /** Time in user mode, ticks of 10 ms. */
  public static final int USER_TIME = 14;

  /** Time in the kernel, ticks of 10 ms. */
  public static final int SYSTEM_TIME = 15;

  public static final int NUM_THREADS = 20;

  public static final int START_TIME = 22;
  public static final int VSIZE = 23;

  /** CPU on which it last ran. */
  public static final int PROCESSOR = 39;

  private static final int STATE = 3;
  static final String ENDED = "ZXx";

  private final String[] fields;

  private TaskStat(String[] fields) {
    this.fields = fields;
  }

  /**
   * Reads it.
   *
   * @param task its folder, such as {@code /proc/1} or {@code /proc/1/task/2}
   * @return empty if there is no such task, or its memory of itself is none
   */
  public static Optional<TaskStat> read(Path task) {
    try {
      return parse(KernelFile.text(task.resolve("stat")));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  static Optional<TaskStat> parse(String stat) {
    int name = stat.lastIndexOf(") ");
    String[] fields = stat.substring(name < 0 ? stat.length() : name + 2).split(" ");
    return fields.length > VSIZE - STATE ? Optional.of(new TaskStat(fields)) : Optional.empty();
  }

  /** A field behind the name, by its number in proc(5). */
  public String field(int number) {
    return fields[number - STATE];
  }

  /** Whether the task runs, or could if it had a CPU. */
  public boolean isRunnable() {
    return fields[0].equals("R");
  }

  /** Whether the task has ended and only waits to be looked after. */
  public boolean hasEnded() {
    return ENDED.contains(fields[0]);
  }
}
