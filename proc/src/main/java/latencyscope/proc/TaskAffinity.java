package latencyscope.proc;

import java.io.IOException;
import java.nio.file.Path;
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
  private static final int MAX_DIGITS = 10;
  private static final String ALLOWED = "Cpus_allowed_list:";

  /**
   * Reads it.
   *
   * @param task its folder, such as {@code /proc/1/task/2}
   * @return empty if there is no such task, or it has ended
   */
  public static Optional<TaskAffinity> read(Path task) {
    try {
      String status = KernelFile.text(task.resolve("status"));
      String name = KernelFile.comm(task);
      return parse(status, name);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  // The name is not taken from here: it comes first, and a line feed in it is escaped.
  static Optional<TaskAffinity> parse(String status, String name) {
    String process = value(status, PROCESS);
    String state = value(status, STATE);
    String allowed = value(status, ALLOWED);
    boolean ended = state.isEmpty() || TaskStat.ENDED.indexOf(state.charAt(0)) >= 0;
    return ended || allowed.isEmpty() || !isId(process)
        ? Optional.empty()
        : Optional.of(new TaskAffinity(Long.parseLong(process), name, allowed));
  }

  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  // None of the three is the first line, which is the name.
  private static String value(String status, String key) {
    int begin = status.indexOf('\n' + key);
    if (begin < 0) {
      return "";
    }
    int end = status.indexOf('\n', begin + 1);
    return status.substring(begin + 1 + key.length(), end < 0 ? status.length() : end).strip();
  }
}
