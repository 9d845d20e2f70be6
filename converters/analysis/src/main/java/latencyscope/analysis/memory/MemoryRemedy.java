package latencyscope.analysis.memory;

import java.util.List;
import java.util.Optional;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.ShellWord;
import latencyscope.analysis.finding.Task;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.JvmInfo;

/** What keeps a thread from paying for its memory: commands where there are any. */
public final class MemoryRemedy {
  private final Culprits culprits;
  private final HostSettings settings;
  private final String collector;

  public MemoryRemedy(Recording recording, Culprits culprits) {
    this.culprits = culprits;
    settings = new HostSettings(recording.hostFacts());
    // From outside another JVM records than the one that is watched.
    boolean recordsItself = recording.capture().targetJvm() != null;
    collector = recordsItself ? recording.jvm().map(JvmInfo::collector).orElse(null) : null;
  }

  /**
   * What keeps pages in memory that had to be read from a device.
   *
   * @param load the file, or the directory with a slash at its end; null if it is not known
   */
  List<Remedy> againstMajor(String load) {
    if (load != null) {
      return List.of(
          Remedy.of(
              load.endsWith("/")
                  ? "Load the directory's files and lock them in memory before they are needed"
                      + " (package vmtouch):"
                  : "Load the file and lock it in memory before it is needed (package vmtouch):",
              "vmtouch -dl " + ShellWord.quoted(load)),
          Remedy.of("Or map it with MAP_POPULATE, or call MappedByteBuffer.load() beforehand."));
    }
    if (settings.value("swap_devices").filter("0"::equals).isPresent()) {
      return List.of(); // nothing was swapped out: which file it was is not known
    }
    return List.of(Remedy.of("Memory was swapped out. Turn swap off on this host:", "swapoff -a"));
  }

  /** What has pages there before a thread needs them. */
  List<Remedy> againstMinor(String region) {
    return List.of(before(region));
  }

  private static Remedy before(String region) {
    return switch (region) {
      case "java-heap" ->
          Remedy.of(
              "Let the JVM reserve and touch its whole heap at start:",
              "-XX:+AlwaysPreTouch -XX:InitialRAMPercentage=100");
      case "code-cache", "metaspace" ->
          Remedy.of(
              "The JVM compiled code or loaded classes: warm up every code path before the"
                  + " market opens.");
      case "thread-stack" ->
          Remedy.of("Start threads early, and let each touch the deepest stack that it will need.");
      case "mapped-file" ->
          Remedy.of(
              "Touch every page of the mapping before it is needed: MAP_POPULATE, or"
                  + " MappedByteBuffer.load().");
      default ->
          Remedy.of(
              "Allocate and touch native memory at start, and let malloc keep freed memory:",
              "export MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=67108864");
    };
  }

  /** What keeps a sender from changing mappings; empty if it is not known who sent. */
  public List<Remedy> againstShootdowns(Task sender) {
    return sender == null || sender.equals(Task.OTHERS)
        ? List.of()
        : against(sender).map(List::of).orElse(List.of());
  }

  private Optional<Remedy> against(Task sender) {
    if (sender.name().startsWith("khugepaged")) {
      return forHugePages()
          .map(command ->
              Remedy.of(
                  "khugepaged assembles huge pages while the application runs. Limit it to"
                      + " memory that requests them (madvise):",
                  command));
    }
    if (sender.name().startsWith("kcompactd")) {
      return settings
          .set(HostSetting.COMPACTION_PROACTIVENESS, "0")
          .map(command ->
              Remedy.of(
                  "The kernel compacts memory in the background. Let it compact on demand only:",
                  command));
    }
    if (sender.name().startsWith("kswapd")) {
      return Optional.of(Remedy.of("The host is short of memory: the kernel reclaims pages."));
    }
    if (!culprits.isOfTarget(sender)) {
      return Optional.of(
          Remedy.of(
              sender.describe()
                  + " changed mappings that the thread's CPU still had in its TLB: keep it off"
                  + " that CPU."));
    }
    return Optional.of(
        ServiceThreads.contains(sender.name())
            ? Remedy.of(
                "The JVM returns memory to the kernel or takes more. Let it keep a fixed heap:",
                "-Xms<size> -Xmx<the same size>" + keepsHeap())
            : Remedy.of(
                sender.name()
                    + " unmaps, protects or frees memory while others run: keep mappings and"
                    + " direct buffers, and reuse them."));
  }

  // What a collector does not know is an error at the JVM's start.
  private String keepsHeap() {
    if (collector == null) {
      return "";
    }
    return switch (collector) {
      case "ZGC" -> " -XX:-ZUncommit";
      case "Shenandoah" -> " -XX:-ShenandoahUncommit";
      default -> "";
    };
  }

  private Optional<String> forHugePages() {
    boolean isAlways =
        settings.value(HostSetting.HUGE_PAGES.fact()).map("always"::equals).orElse(true);
    return isAlways ? settings.set(HostSetting.HUGE_PAGES, "madvise") : Optional.empty();
  }

  /** What keeps the kernel from working on memory in a thread's own time; empty if unknown. */
  List<Remedy> againstStalls(MemoryStall worst) {
    return against(worst).map(List::of).orElse(List.of());
  }

  private Optional<Remedy> against(MemoryStall worst) {
    return switch (worst.kind()) {
      case "compaction" ->
          againstCompaction()
              .map(command ->
                  Remedy.of(
                      "No huge page was free. Let the kernel make them in the background, not"
                          + " during the fault:",
                      command));
      case "reclaim" ->
          Optional.of(
              settings
                  .raise(HostSetting.MIN_FREE, "1048576")
                  .map(command ->
                      Remedy.of(
                          "Too little memory was free. Let the kernel start reclaim earlier, in"
                              + " the background:",
                          command))
                  .orElse(
                      Remedy.of(
                          "Too little memory was free: give the host more, or its processes"
                              + " less.")));
      case "cgroup-reclaim" ->
          Optional.of(
              Remedy.of(
                  "The control group is at its limit: raise its "
                      + (settings.value("cgroup").filter("v1"::equals).isPresent()
                          ? "memory.limit_in_bytes."
                          : "memory.max.")));
      default ->
          "numa-balancing".equals(worst.reason())
              ? Optional.of(againstBalancing())
              : Optional.empty();
    };
  }

  // With "never" and "defer" the thread itself does not look for any: the stall is another's wish.
  private Optional<String> againstCompaction() {
    boolean isAtOnce =
        settings
            .value(HostSetting.HUGE_PAGES_DEFRAG.fact())
            .map(now -> now.equals("always") || now.equals("madvise"))
            .orElse(true);
    boolean isOff =
        settings.value(HostSetting.HUGE_PAGES.fact()).filter("never"::equals).isPresent();
    return isAtOnce && !isOff
        ? settings.set(HostSetting.HUGE_PAGES_DEFRAG, "defer")
        : Optional.empty();
  }

  private Remedy againstBalancing() {
    return settings
        .set(HostSetting.NUMA_BALANCING, "0")
        .map(command ->
            Remedy.of(
                "Bind the application to one NUMA node (numactl --membind), and turn NUMA"
                    + " balancing off:",
                command))
        .orElse(Remedy.of("Bind the application to one NUMA node (numactl --membind)."));
  }
}
