package latencyscope.guest.facts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.proc.KernelFile;

/**
 * The folders of the control group that a process is in, of either version of control groups; only
 * the group itself, not those above it.
 *
 * <p>Source: {@code /proc/PID/cgroup}. Immutable.
 */
public final class ControlGroup {
  private static final List<String> FIRST =
      List.of("sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct");
  private static final List<String> SECOND = List.of("sys/fs/cgroup", "sys/fs/cgroup/unified");

  private final List<Path> folders = new ArrayList<>();

  /**
   * Finds it.
   *
   * @param root {@code /} but in tests
   * @param process name of its folder in {@code /proc}
   */
  public ControlGroup(Path root, String process) {
    for (String line : bytes(root.resolve("proc/" + process + "/cgroup")).split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      boolean second = parts[1].isEmpty();
      if (second || List.of(parts[1].split(",")).contains("cpu")) {
        for (String mount : second ? SECOND : FIRST) {
          folders.add(KernelFile.path(root, "/" + mount + parts[2]));
        }
      }
    }
  }

  /** A file of the group's CPU controller; empty if there is none. */
  public Optional<Path> find(String name) {
    return folders.stream().map(folder -> folder.resolve(name)).filter(Files::exists).findFirst();
  }

  /** A group's name is bytes, and a path of it is to be opened: so one char for each. */
  private static String bytes(Path file) {
    try {
      return new String(KernelFile.bytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
