package latencyscope.analysis;

import java.util.ArrayList;
import java.util.List;

/** What keeps a thread from paying for its memory: commands where there are any. */
final class MemoryRemedy {
  private static final String COMMAND = "  ";

  private final Culprits culprits;

  MemoryRemedy(Culprits culprits) {
    this.culprits = culprits;
  }

  /** What keeps pages in memory that had to be read from a device. */
  String againstMajor(PageFault worst) {
    if (worst.file() != null) {
      return "Keep the file in memory from before it is needed (package vmtouch):\n"
          + COMMAND
          + "vmtouch -dl '"
          + worst.file()
          + "'\nOr map it with MAP_POPULATE, or call MappedByteBuffer.load() beforehand.";
    }
    return "Memory was swapped out; an engine's host needs no swap:\n" + COMMAND + "swapoff -a";
  }

  /** What has pages there before a thread needs them. */
  String againstMinor(String region) {
    return switch (region) {
      case "java-heap" ->
          "Have the JVM touch its heap at start, all of it:\n"
              + COMMAND
              + "-XX:+AlwaysPreTouch -Xms<size> -Xmx<the same size>";
      case "code-cache", "metaspace" ->
          "Code was compiled and classes were loaded: run every path often enough before the market"
              + " opens.";
      case "thread-stack" ->
          "Start threads early, and have them use as much stack as they ever will.";
      case "mapped-file" ->
          "Touch every page of the mapping before it is needed: MAP_POPULATE, or"
              + " MappedByteBuffer.load().";
      default ->
          "Allocate and touch native memory at start; have malloc keep what was freed:\n"
              + COMMAND
              + "export MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=67108864";
    };
  }

  /** What keeps a sender from changing mappings; null if it is not known who sent. */
  String againstShootdowns(Task sender) {
    if (sender == null || sender.equals(Task.OTHERS)) {
      return null;
    }
    if (sender.name().startsWith("khugepaged")) {
      return "Huge pages are put together while the engine runs; have it done on request only:\n"
          + COMMAND
          + "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled";
    }
    if (sender.name().startsWith("kcompactd")) {
      return "The kernel compacts memory in the background:\n"
          + COMMAND
          + "sysctl -w vm.compaction_proactiveness=0";
    }
    if (sender.name().startsWith("kswapd")) {
      return "The host is short of memory: the kernel takes pages back.";
    }
    if (!culprits.isOfTarget(sender)) {
      return sender.describe()
          + " changed mappings that this CPU still knew: keep it off this CPU.";
    }
    List<String> lines = new ArrayList<>();
    if (ServiceThreads.contains(sender.name())) {
      lines.add("The JVM gives memory back, or takes more; have it keep what it has:");
      lines.add(COMMAND + "-Xms<size> -Xmx<the same size> -XX:-ZUncommit");
    } else {
      lines.add(
          sender.name()
              + " unmaps, protects or frees memory while others run: keep mappings and direct"
              + " buffers for good, and reuse them.");
    }
    return String.join("\n", lines);
  }

  /** What keeps the kernel from working on memory in a thread's own time. */
  String againstStalls(MemoryStall worst) {
    return switch (worst.kind()) {
      case "compaction" ->
          "Huge pages were wanted and none was free; have the kernel not look for them at once:\n"
              + COMMAND
              + "echo defer > /sys/kernel/mm/transparent_hugepage/defrag";
      case "reclaim" ->
          "Too little memory was free; have the kernel start earlier, in the background:\n"
              + COMMAND
              + "sysctl -w vm.min_free_kbytes=1048576";
      case "cgroup-reclaim" -> "The control group is at its limit: raise its memory.max.";
      default ->
          "numa-balancing".equals(worst.reason())
              ? "Bind the engine to one node (numactl --membind), and switch balancing off:\n"
                  + COMMAND
                  + "sysctl -w kernel.numa_balancing=0"
              : null;
    };
  }
}
