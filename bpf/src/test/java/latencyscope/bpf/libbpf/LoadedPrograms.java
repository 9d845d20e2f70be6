package latencyscope.bpf.libbpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This process's BPF descriptors as /proc shows them: an account that shares no code with libbpf.
 */
final class LoadedPrograms {
  private LoadedPrograms() {}

  /** Such as {@code anon_inode:bpf-prog}, {@code bpf-map}, {@code bpf_link}, {@code bpf_iter}. */
  static List<String> descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      List<String> found = new ArrayList<>();
      open.forEach(fd -> {
        String target = target(fd);
        if (target.contains("bpf")) {
          found.add(target);
        }
      });
      return found;
    }
  }

  /** Mappings of BPF maps in this process. */
  static List<String> mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("bpf-map")).toList();
    }
  }

  /** The counters in {@code /proc/self/fdinfo} of the program with an id. */
  static Map<String, Long> counts(int id) throws IOException {
    Set<String> wanted = Set.of("run_cnt", "run_time_ns", "recursion_misses");
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fdinfo"))) {
      for (Path fd : open.toList()) {
        Map<String, String> fields = fields(fd);
        if (Integer.toString(id).equals(fields.get("prog_id")) && fields.containsKey("run_cnt")) {
          return wanted.stream()
              .collect(Collectors.toMap(Function.identity(), n -> Long.valueOf(fields.get(n))));
        }
      }
    }
    throw new AssertionError("no descriptor for program " + id);
  }

  private static Map<String, String> fields(Path fdinfo) throws IOException {
    try {
      return Files.readAllLines(fdinfo).stream()
          .map(line -> line.split(":\\s*", 2))
          .filter(words -> words.length == 2)
          .collect(Collectors.toMap(words -> words[0], words -> words[1], (first, _) -> first));
    } catch (NoSuchFileException closedMeanwhile) {
      return Map.of();
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (NoSuchFileException closedMeanwhile) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
