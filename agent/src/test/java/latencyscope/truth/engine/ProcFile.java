package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file of {@code /proc} with lines of the form {@code key: value}.
 *
 * @param values by key
 */
public record ProcFile(Map<String, String> values) {
  public static ProcFile of(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return new ProcFile(values);
  }

  /** {@code status} of each thread of a process. One that ends meanwhile is left out. */
  public static List<ProcFile> threads(long pid) throws IOException {
    return threads(Path.of("/proc", String.valueOf(pid), "task"));
  }

  /** The same of the caller's process. */
  public static List<ProcFile> ownThreads() throws IOException {
    return threads(Path.of("/proc/self/task"));
  }

  /** {@code status} of one thread of the caller's process. */
  public static ProcFile ownThread(long id) throws IOException {
    return of(Path.of("/proc/self/task", String.valueOf(id), "status"));
  }

  private static List<ProcFile> threads(Path tasks) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(tasks)) {
      folders = all.toList();
    }
    List<ProcFile> threads = new ArrayList<>();
    for (Path folder : folders) {
      try {
        threads.add(of(folder.resolve("status")));
      } catch (IOException e) {
        if (Files.exists(folder)) {
          throw e;
        }
      }
    }
    return threads;
  }

  /** Id of the thread of a process that the kernel knows by this name; -1 if there is none. */
  public static long thread(long pid, String name) throws IOException {
    return threads(pid).stream()
        .filter(thread -> name.equals(thread.text("Name")))
        .mapToLong(thread -> thread.number("Pid"))
        .findFirst()
        .orElse(-1);
  }

  public String text(String key) {
    return values.get(key);
  }

  public long number(String key) {
    return Long.parseLong(values.get(key));
  }
}
