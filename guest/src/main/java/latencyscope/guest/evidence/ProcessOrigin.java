package latencyscope.guest.evidence;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import latencyscope.proc.KernelFile;
import latencyscope.proc.TaskStat;

/**
 * When a process was started, and by whom.
 *
 * @param name the kernel's name of it
 * @param startedMs milliseconds since the epoch
 * @param parent the process that started it, or that adopted it since; 0 if it has none here
 * @param parentName the kernel's name of that; null if there is none
 * @param program path of the program or script, without arguments; null if it cannot be read
 * @param group path of its control group; null if it cannot be read
 */
record ProcessOrigin(
    String name, long startedMs, long parent, String parentName, String program, String group) {
  /** USER_HZ, in which /proc counts time; 100 on every architecture that we run on. */
  private static final int MS_PER_TICK = 10;

  /** Longer names are cut. */
  private static final int COMM_LENGTH = 15;

  private static final String ROOT = "/";

  /** Of the second version, of systemd, and of controllers that tell who gets how much. */
  private static final List<String> HIERARCHIES =
      List.of("", "name=systemd", "cpu", "cpuacct", "memory");

  /** Empty if it has ended, or its host does not say. */
  static Optional<ProcessOrigin> read(Path proc, long id) {
    Path process = proc.resolve(Long.toString(id));
    try {
      String uptime = KernelFile.text(proc.resolve("uptime"));
      long upMs = (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1_000);
      long nowMs = System.currentTimeMillis();
      String name = KernelFile.comm(process);
      TaskStat stat = TaskStat.read(process).orElseThrow(() -> new IOException("ended"));
      long startMs = Long.parseLong(stat.field(TaskStat.START_TIME)) * MS_PER_TICK;
      long parent = Long.parseLong(stat.field(TaskStat.PARENT));
      return Optional.of(
          new ProcessOrigin(
              name,
              nowMs - upMs + startMs,
              parent,
              name(proc, parent),
              program(process, name),
              group(process).orElse(null)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  // The hierarchies of the first version may differ, and a process is in the root of most.
  static Optional<String> group(Path process) {
    Map<String, String> groups = new HashMap<>();
    try {
      for (String line : KernelFile.text(process.resolve("cgroup")).split("\n")) {
        String[] parts = line.split(":", 3);
        if (parts.length == 3) {
          List.of(parts[1].split(",")).forEach(name -> groups.put(name, parts[2]));
        }
      }
    } catch (IOException gone) {
      return Optional.empty();
    }
    Optional<String> own =
        HIERARCHIES.stream()
            .map(groups::get)
            .filter(group -> group != null && !group.equals(ROOT))
            .findFirst();
    return own.isPresent() || groups.isEmpty() ? own : Optional.of(ROOT);
  }

  // The kernel names a process after the file that was executed. Of a script, that is an argument
  // of
  // its interpreter. No other argument is kept: it may be a secret.
  private static String program(Path process, String name) {
    try {
      Path executed = process.resolve("exe").toRealPath();
      if (isCalled(executed, name)) {
        return executed.toString();
      }
      for (String word : KernelFile.text(process.resolve("cmdline")).split("\0")) {
        if (word.indexOf('/') >= 0 && isCalled(Path.of(word), name)) {
          return process.resolve("cwd").toRealPath().resolve(word).normalize().toString();
        }
      }
      return executed.toString();
    } catch (IOException | InvalidPathException unreadable) {
      return null;
    }
  }

  private static boolean isCalled(Path file, String name) {
    String own = file.getFileName() == null ? "" : file.getFileName().toString();
    return own.equals(name) || name.length() == COMM_LENGTH && own.startsWith(name);
  }

  private static String name(Path proc, long id) {
    try {
      return id == 0 ? null : KernelFile.comm(proc.resolve(Long.toString(id)));
    } catch (IOException gone) {
      return null;
    }
  }
}
