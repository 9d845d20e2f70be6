package latencyscope.contract.check;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import latencyscope.contract.Policy;
import latencyscope.proc.CpuSet;
import latencyscope.proc.ProcessFiles;
import latencyscope.proc.TaskAffinity;
import latencyscope.proc.TaskStat;

/** How the threads of a living process may run, by thread id. Immutable. */
public final class ThreadSettings {
  private static final int POLICY = 41;

  /** Of a recording whose process is not at hand. */
  public static final ThreadSettings NONE = new ThreadSettings(Map.of());

  /**
   * How a thread may run.
   *
   * @param name the kernel's name of it, up to 15 bytes
   * @param policy its scheduling policy; null if it is not known
   */
  record Setting(String name, CpuSet allowed, Policy policy) {}

  private final Map<Long, Setting> byThread;

  private ThreadSettings(Map<Long, Setting> byThread) {
    this.byThread = Map.copyOf(byThread);
  }

  /**
   * Reads what the threads of a process may do now.
   *
   * @param process its folder, such as {@code /proc/4711}
   */
  public static ThreadSettings read(Path process) {
    Map<Long, Setting> settings = new HashMap<>();
    for (Path task : new ProcessFiles(process).tasks()) {
      Optional<TaskAffinity> affinity = TaskAffinity.read(task);
      Optional<TaskStat> stat = TaskStat.read(task);
      if (affinity.isPresent()) {
        settings.put(
            Long.valueOf(task.getFileName().toString()),
            new Setting(
                affinity.get().name(),
                CpuSet.parse(affinity.get().allowedCpus()),
                stat.flatMap(s -> Policy.of(Long.parseLong(s.field(POLICY)))).orElse(null)));
      }
    }
    return new ThreadSettings(settings);
  }

  /** What is known of a thread; null if it is nothing. */
  Setting of(long tid) {
    return byThread.get(tid);
  }

  /** All threads that lived. */
  Map<Long, Setting> all() {
    return byThread;
  }
}
