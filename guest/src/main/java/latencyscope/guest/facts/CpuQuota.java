package latencyscope.guest.facts;

import java.nio.file.Path;
import java.util.Optional;
import latencyscope.proc.KernelFile;

/**
 * The CPU quota of a process's control group, of either version of control groups.
 *
 * <p>Source: {@code /proc/PID/cgroup}, {@code cpu.max} and {@code cpu.cfs_quota_us}. Only the group
 * itself is looked at, not those above it.
 */
final class CpuQuota {
  private final Path root;
  private String limit;
  private String source;

  /** Reads below this folder, which is {@code /} but in tests. */
  CpuQuota(Path root, String process) {
    this.root = root;
    ControlGroup group = new ControlGroup(root, process);
    group.find("cpu.max").ifPresent(file -> read(file, ""));
    group
        .find("cpu.cfs_quota_us")
        .ifPresent(file -> read(file, text(file.resolveSibling("cpu.cfs_period_us")).orElse("")));
  }

  private void read(Path file, String period) {
    Optional<String> quota = text(file).map(text -> (text + " " + period).strip());
    if (limit == null && quota.isPresent()) {
      boolean none = quota.get().startsWith("max") || quota.get().startsWith("-1");
      limit = none ? null : quota.get().replaceFirst(" ", " us in each ") + " us";
      source = "/" + root.relativize(file);
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

  private static Optional<String> text(Path file) {
    return KernelFile.find(file).filter(text -> !text.isEmpty());
  }
}
