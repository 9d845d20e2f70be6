package latencyscope.truth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file of {@code /proc} with lines of the form {@code key: value}.
 *
 * @param values by key
 */
record ProcFile(Map<String, String> values) {
  static ProcFile of(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return new ProcFile(values);
  }

  /** Folders of a process's threads. */
  static List<Path> tasks(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
      return tasks.toList();
    }
  }

  /** Id of the thread of a process that the kernel knows by this name; -1 if there is none. */
  static long thread(long pid, String name) throws IOException {
    for (Path task : tasks(pid)) {
      if (name.equals(of(task.resolve("status")).text("Name"))) {
        return Long.parseLong(task.getFileName().toString());
      }
    }
    return -1;
  }

  String text(String key) {
    return values.get(key);
  }

  long number(String key) {
    return Long.parseLong(values.get(key));
  }
}
