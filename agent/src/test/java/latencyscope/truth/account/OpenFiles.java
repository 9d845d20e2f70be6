package latencyscope.truth.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What processes have open. */
public final class OpenFiles {
  private OpenFiles() {}

  /**
   * Names of what a process has open, as {@code /proc/PID/fd} tells: paths, or the kernel's words
   * such as {@code socket:[4711]}. What is closed meanwhile is left out.
   */
  public static Set<String> of(long pid) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
      for (Path descriptor : open.toList()) {
        try {
          names.add(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException e) {
          continue; // closed since
        }
      }
    }
    return names;
  }
}
