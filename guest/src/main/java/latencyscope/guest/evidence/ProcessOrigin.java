package latencyscope.guest.evidence;

import java.io.IOException;
import java.nio.file.Path;
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
 */
record ProcessOrigin(String name, long startedMs, long parent, String parentName) {
  /** USER_HZ, in which /proc counts time; 100 on every architecture that we run on. */
  private static final int MS_PER_TICK = 10;

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
          new ProcessOrigin(name, nowMs - upMs + startMs, parent, name(proc, parent)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static String name(Path proc, long id) {
    try {
      return id == 0 ? null : KernelFile.comm(proc.resolve(Long.toString(id)));
    } catch (IOException gone) {
      return null;
    }
  }
}
