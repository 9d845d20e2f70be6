package latencyscope.bpf.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Names of system calls, whose numbers differ between architectures.
 *
 * <p>Source: a table in the jar for each architecture, written once from the kernel's own, since a
 * running kernel does not have it. Read at the first question. Safe for use by several threads.
 */
public final class SystemCalls {
  private static final SystemCalls RUNNING = of(System.getProperty("os.arch"));

  private final String table;
  private Map<Long, String> names;

  private SystemCalls(String table) {
    this.table = table;
  }

  /** The calls of the architecture that this process runs on. */
  public static SystemCalls running() {
    return RUNNING;
  }

  /**
   * The calls of an architecture.
   *
   * @param architecture as Java names it: {@code amd64} or {@code aarch64}
   */
  static SystemCalls of(String architecture) {
    return new SystemCalls(architecture.equals("amd64") ? "x86_64" : architecture);
  }

  /** The name of a 64-bit program's call, such as {@code epoll_wait}; null if it has none here. */
  public String nameOf(long number) {
    return names().get(number);
  }

  /** All names by number. */
  synchronized Map<Long, String> names() {
    if (names == null) {
      names = read("/latencyscope/bpf/system-calls/" + table);
    }
    return names;
  }

  private static Map<Long, String> read(String resource) {
    Map<Long, String> names = new HashMap<>();
    try (InputStream in = SystemCalls.class.getResourceAsStream(resource)) {
      if (in == null) {
        return Map.of(); // an architecture that no program here is compiled for
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> addRun(line, names));
    } catch (IOException e) {
      return Map.of(); // calls then go by their numbers
    }
    return Map.copyOf(names);
  }

  /** A line is a number and the names of the calls from that number on. */
  private static void addRun(String line, Map<Long, String> names) {
    String[] words = line.split(" ");
    long first = Long.parseLong(words[0]);
    for (int i = 1; i < words.length; i++) {
      names.put(first + i - 1, words[i]);
    }
  }
}
