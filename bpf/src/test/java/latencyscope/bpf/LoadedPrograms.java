package latencyscope.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (java.nio.file.NoSuchFileException closedMeanwhile) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
