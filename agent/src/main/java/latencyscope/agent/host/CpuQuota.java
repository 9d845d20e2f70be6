package latencyscope.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import latencyscope.proc.KernelFile;

/**
 * The CPU quota of a process's control group, of either version of control groups.
 *
 * <p>Source: {@code /proc/PID/cgroup}, {@code cpu.max} and {@code cpu.cfs_quota_us}. Only the group
 * itself is looked at, not those above it.
 */
final class CpuQuota {
  private static final List<String> FIRST =
      List.of("sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct");
  private static final List<String> SECOND = List.of("sys/fs/cgroup", "sys/fs/cgroup/unified");

  private final Path root;
  private String limit;
  private String source;

  /** Reads below this folder, which is {@code /} but in tests. */
  CpuQuota(Path root, String process) {
    this.root = root;
    for (String line : bytes("proc/" + process + "/cgroup").split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        SECOND.forEach(mount -> read(mount + parts[2] + "/cpu.max", ""));
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("cpu")) {
        FIRST.forEach(mount ->
            read(
                mount + parts[2] + "/cpu.cfs_quota_us",
                text(mount + parts[2] + "/cpu.cfs_period_us").orElse("")));
      }
    }
  }

  private void read(String file, String period) {
    Optional<String> quota = text(file).map(text -> (text + " " + period).strip());
    if (limit == null && quota.isPresent()) {
      boolean none = quota.get().startsWith("max") || quota.get().startsWith("-1");
      limit = none ? null : quota.get().replaceFirst(" ", " us in each ") + " us";
      source = "/" + file;
    }
  }

  /** Microseconds in each period; empty if there is no limit, or no control groups. */
  Optional<String> limit() {
    return Optional.ofNullable(limit);
  }

  /** The file that says so; null if there is none. */
  String source() {
    return source;
  }

  private Optional<String> text(String file) {
    try {
      String text = KernelFile.text(KernelFile.path(root, file)).strip();
      return Optional.of(text).filter(t -> !t.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A group's name is bytes, and a path of it is to be opened: so one char for each. */
  private String bytes(String file) {
    try {
      return new String(KernelFile.bytes(root.resolve(file)), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
