package latencyscope.guest.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.proc.Role;

/**
 * On which CPUs the application's threads run, by {@code /proc}: an account that does not depend on
 * which CPUs are captured. A thread that never leaves a captured CPU has no events, and neither has
 * a thread that was never there. This account distinguishes them. The JVM's own threads do not
 * count: a compiler that ran on a captured CPU says nothing of the engine.
 *
 * <p>Used by one thread at a time.
 */
public final class TargetCpus {
  /** Of the fields behind the name in {@code /proc/PID/task/TID/stat}: field 39, processor. */
  private static final int PROCESSOR = 36;

  private final Path process;
  private Map<String, Long> ranNs = new HashMap<>();

  /**
   * Remembers how long each thread has run until now.
   *
   * @param process the target's directory in {@code /proc}
   */
  public TargetCpus(Path process) {
    this.process = process;
    take();
  }

  /**
   * The CPUs on which threads last ran that ran since the last call, such as {@code 0,2}; null if
   * the host does not say, or the target has ended.
   */
  public String take() {
    Map<String, Long> now = new HashMap<>();
    BitSet cpus = new BitSet();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path task : tasks) {
        look(task, now, cpus);
      }
    } catch (IOException e) {
      // What it did until its end, the modules have counted.
    }
    ranNs = now;
    if (now.isEmpty()) {
      return null;
    }
    return cpus.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private void look(Path task, Map<String, Long> now, BitSet cpus) {
    String id = task.getFileName().toString();
    try {
      String schedstat = Files.readString(task.resolve("schedstat"), StandardCharsets.ISO_8859_1);
      long ran = Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
      now.put(id, ran);
      if (ran > ranNs.getOrDefault(id, 0L)) {
        String stat = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
        if (Role.of(name(stat)) == Role.APPLICATION) {
          cpus.set(processor(stat));
        }
      }
    } catch (IOException | RuntimeException e) {
      // The thread has ended meanwhile.
    }
  }

  private static String name(String stat) {
    return stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  }

  // The name is in parentheses, and may hold any of them and blanks.
  private static int processor(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Integer.parseInt(fields[PROCESSOR]);
  }
}
