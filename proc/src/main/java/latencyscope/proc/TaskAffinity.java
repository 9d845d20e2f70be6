package latencyscope.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who a task is and where it may run, from its {@code status}.
 *
 * @param processId its process, in the pid namespace of that {@code /proc}
 * @param name the kernel's name of it
 * @param allowedCpus as the kernel writes lists of CPUs, {@code 0-3,8}
 */
public record TaskAffinity(long processId, String name, String allowedCpus) {
  private static final String PROCESS = "Tgid:";
  private static final String STATE = "State:";
  private static final String ALLOWED = "Cpus_allowed_list:";

  /**
   * Reads it.
   *
   * @param task its folder, such as {@code /proc/1/task/2}
   * @return empty if there is no such task, or it has ended
   */
  public static Optional<TaskAffinity> read(Path task) {
    try {
      List<String> lines = KernelFile.lines(task.resolve("status"));
      String name = KernelFile.comm(task);
      return parse(lines, name);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  // The name is not taken from here: it comes first, and a line feed in it is escaped.
  static Optional<TaskAffinity> parse(List<String> lines, String name) {
    String process = value(lines, PROCESS);
    String state = value(lines, STATE);
    String allowed = value(lines, ALLOWED);
    boolean ended = state.isEmpty() || TaskStat.ENDED.indexOf(state.charAt(0)) >= 0;
    return ended || allowed.isEmpty() || !process.matches("\\d{1,10}")
        ? Optional.empty()
        : Optional.of(new TaskAffinity(Long.parseLong(process), name, allowed));
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip())
        .findFirst()
        .orElse("");
  }
}
