package latencyscope.monitor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import latencyscope.proc.KernelFile;
import latencyscope.proc.TaskStat;

/**
 * Looks, again and again, how busy the CPUs are and where the target's threads run. Used by one
 * thread at a time.
 */
public final class HostLook {
  /** A look at one takes some 20 µs of CPU time. */
  private static final int MOST_TASKS = 24;

  // user nice system idle iowait: those two are no work.
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;

  /** Guests' time is in the users' already. */
  private static final int LAST = 8;

  private final Path proc;
  private final Path tasks;
  private final Map<Integer, long[]> before = new HashMap<>();
  private int turn;

  /**
   * At a process.
   *
   * @param proc where {@code /proc} is
   * @param pid the process
   */
  public HostLook(Path proc, long pid) {
    this.proc = proc;
    tasks = proc.resolve(Long.toString(pid)).resolve("task");
  }

  /** Looks, and hands over what was seen. */
  public void look(LiveModel model) {
    model.looked(busy(), running());
  }

  private Map<Integer, Double> busy() {
    Map<Integer, Double> busy = new TreeMap<>();
    for (String line : KernelFile.find(proc.resolve("stat")).orElse("").split("\n")) {
      if (!line.startsWith("cpu")) {
        break; // they come first
      }
      String[] words = line.split(" ");
      // The first line, "cpu  ", is the sum of the others.
      if (!words[0].equals("cpu") && words.length > LAST) {
        int cpu = Integer.parseInt(words[0].substring("cpu".length()));
        long[] now = times(words);
        long[] last = before.put(cpu, now);
        long all = last == null ? 0 : now[0] - last[0];
        busy.put(cpu, all <= 0 ? Double.NaN : Math.max(0, 1 - (double) (now[1] - last[1]) / all));
      }
    }
    return busy;
  }

  private static long[] times(String[] words) {
    long all = 0;
    for (int i = 1; i <= LAST; i++) {
      all += Long.parseLong(words[i]);
    }
    return new long[] {all, Long.parseLong(words[IDLE]) + Long.parseLong(words[IO_WAIT])};
  }

  private Map<Integer, Map<Long, String>> running() {
    Map<Integer, Map<Long, String>> running = new HashMap<>();
    List<Path> all = tasks();
    // Of many threads, each look takes the next ones.
    int looks = Math.min(MOST_TASKS, all.size());
    for (int i = 0; i < looks; i++) {
      Path task = all.get((turn + i) % all.size());
      Optional<TaskStat> stat = TaskStat.read(task);
      if (stat.isPresent() && stat.get().isRunnable()) {
        running
            .computeIfAbsent(
                Integer.valueOf(stat.get().field(TaskStat.PROCESSOR)), cpu -> new TreeMap<>())
            .put(
                Long.valueOf(task.getFileName().toString()),
                KernelFile.find(task.resolve("comm")).orElse("?"));
      }
    }
    turn = all.isEmpty() ? 0 : (turn + looks) % all.size();
    return running;
  }

  private List<Path> tasks() {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(tasks)) {
      found.forEach(all::add);
    } catch (IOException ended) {
      return List.of();
    }
    return all;
  }
}
