package latencyscope.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.audit.AuditItem.Area;
import latencyscope.audit.AuditItem.Reason;

/** A process: the limits of its control group, and the flags of its JVM. */
final class ProcessAudit {
  private static final Area GROUP = new Area("cgroup");
  private static final Area JVM = new Area("jvm");
  private static final String MOUNT = "sys/fs/cgroup";
  private static final String NO_LIMIT = "max";

  private final HostTree tree;
  private final List<AuditItem> items = new ArrayList<>();

  private ProcessAudit(HostTree tree) {
    this.tree = tree;
  }

  /**
   * Audits a process.
   *
   * @param pid 0 for the one that audits, without its JVM
   */
  static List<AuditItem> of(HostTree tree, long pid) {
    ProcessAudit audit = new ProcessAudit(tree);
    String process = "proc/" + (pid == 0 ? "self" : "" + pid);
    audit.group(process);
    if (pid != 0) {
      audit.jvm(process);
    }
    return audit.items;
  }

  private void group(String process) {
    String path =
        tree.text(process + "/cgroup")
            .orElse("")
            .lines()
            .filter(line -> line.startsWith("0::"))
            .map(line -> line.substring("0::".length()))
            .findFirst()
            .orElse("");
    // In a cgroup namespace the path may lead out of what is mounted.
    String folder = path.contains("..") || path.equals("/") ? MOUNT : MOUNT + path;
    String quota = tree.value(folder + "/cpu.max");
    items.add(
        GROUP.of(
            quota != null && quota.startsWith(NO_LIMIT),
            "CPU quota",
            quota == null || quota.startsWith(NO_LIMIT)
                ? quota
                : quota.replaceFirst(" ", " us in each ") + " us",
            "none",
            new Reason(
                "A group that has used up its quota stands still until the period ends.",
                "Documentation/admin-guide/cgroup-v2.rst, cpu.max"),
            folder + "/cpu.max",
            "echo max > /" + folder + "/cpu.max"));
    String high = tree.value(folder + "/memory.high");
    items.add(
        GROUP.of(
            NO_LIMIT.equals(high),
            "memory.high",
            high,
            "max",
            new Reason(
                "Above it every allocation is slowed down and reclaims memory.",
                "Documentation/admin-guide/cgroup-v2.rst, memory.high"),
            folder + "/memory.high",
            "echo max > /" + folder + "/memory.high"));
  }

  private void jvm(String process) {
    // Arguments end with zero bytes, which the reader shows as they are.
    String text = tree.text(process + "/cmdline").orElse("");
    List<String> arguments = List.of(text.split("\0"));
    boolean isJvm =
        tree.text(process + "/comm").filter("java"::equals).isPresent()
            || arguments.get(0).endsWith("java");
    if (!isJvm) {
      return;
    }
    String file = process + "/cmdline";
    flag(
        arguments,
        file,
        "-XX:+AlwaysPreTouch",
        "Otherwise each page of the heap is a fault when it is first used.");
    flag(
        arguments,
        file,
        "-XX:-UsePerfData",
        "Otherwise the JVM writes statistics into a mapped file, and may wait for the disk.");
    flag(arguments, file, "-XX:+DisableExplicitGC", "Otherwise System.gc() stops all threads.");
    Optional<String> least = last(arguments, "-Xms");
    Optional<String> most = last(arguments, "-Xmx");
    items.add(
        JVM.of(
            least.isPresent() && least.equals(most),
            "heap size",
            "-Xms" + least.orElse(" default") + " -Xmx" + most.orElse(" default"),
            "both the same",
            new Reason("A heap that grows takes faults and pauses.", "java(1), -Xms and -Xmx"),
            file,
            "start with -Xms and -Xmx of the same size"));
    boolean concurrent =
        arguments.contains("-XX:+UseZGC") || arguments.contains("-XX:+UseShenandoahGC");
    items.add(
        JVM.of(
            concurrent,
            "collector",
            arguments.stream()
                .filter(a -> a.matches("-XX:\\+Use\\w+GC"))
                .findFirst()
                .orElse("default"),
            "-XX:+UseZGC",
            new Reason("Other collectors stop all threads for milliseconds.", "java(1), UseZGC"),
            file,
            "start with -XX:+UseZGC"));
  }

  private void flag(List<String> arguments, String file, String flag, String why) {
    items.add(
        JVM.of(
            arguments.contains(flag),
            flag,
            arguments.contains(flag) ? "set" : "not set",
            "set",
            new Reason(why, "java(1)"),
            file,
            "start with " + flag));
  }

  private static Optional<String> last(List<String> arguments, String prefix) {
    return arguments.stream()
        .filter(argument -> argument.startsWith(prefix))
        .map(argument -> argument.substring(prefix.length()))
        .reduce((first, second) -> second);
  }
}
