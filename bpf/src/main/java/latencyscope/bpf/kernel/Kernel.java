package latencyscope.bpf.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.error.MissingKernelFeatureException;
import latencyscope.proc.Capabilities;
import latencyscope.proc.CpuSet;
import latencyscope.proc.HostCpus;
import latencyscope.proc.KernelFile;

/**
 * What the running kernel is, has and allows, as {@code /proc} and {@code /sys} show it.
 *
 * <p>Each question reads its file anew. Safe for use by several threads.
 */
public final class Kernel {
  private static final String TRACEPOINT_HOOK = "tp_btf/";

  private static final Kernel RUNNING = new Kernel(Path.of("/"), KernelTypes.running());

  private final Path root;
  private final HostCpus cpus;
  private final KernelTypes types;

  // Read once, perhaps by two threads at a time: it is asked for with each program.
  private volatile KernelVersion version;

  private Kernel(Path root, KernelTypes types) {
    this.root = root;
    cpus = new HostCpus(root);
    this.types = types;
  }

  /** The kernel that this process runs on. */
  public static Kernel running() {
    return RUNNING;
  }

  /** The kernel that a copy of {@code /proc} and {@code /sys} under another root describes. */
  public static Kernel at(Path root) {
    return new Kernel(root, KernelTypes.at(root));
  }

  /**
   * Checks what no program can do without: the version, the kernel's own BTF, and ring buffers that
   * programs may use wherever they run.
   *
   * @throws MissingKernelFeatureException naming the first that is missing
   */
  public void require() throws MissingKernelFeatureException {
    if (version().compareTo(KernelVersion.OLDEST) < 0) {
      throw MissingKernelFeatureException.version(KernelVersion.OLDEST, version());
    }
    if (!describesItsTypes()) {
      throw MissingKernelFeatureException.typeInformation();
    }
    if (isRealTime() && ringSleeps()) {
      throw MissingKernelFeatureException.ringThatSleeps(version());
    }
  }

  /**
   * Whether the kernel is a PREEMPT_RT one, where most locks sleep. Source: {@code
   * /proc/sys/kernel/version}; not all such kernels have {@code /sys/kernel/realtime}.
   */
  public boolean isRealTime() {
    // Before it was part of Linux, it was called "PREEMPT RT".
    return text("proc/sys/kernel/version")
        .filter(v -> v.matches("(?s).*PREEMPT[ _]RT\\b.*"))
        .isPresent();
  }

  /**
   * Whether a ring buffer's lock is one that sleeps on a PREEMPT_RT kernel. A program that reserves
   * room while the scheduler switches then hangs the machine. It does not sleep since 8b62645b09f8,
   * which stable kernels have, too.
   */
  private boolean ringSleeps() {
    return types.memberType("bpf_ringbuf", "spinlock").filter("spinlock_t"::equals).isPresent();
  }

  /** Version. Source: {@code /proc/sys/kernel/osrelease}. */
  public KernelVersion version() {
    KernelVersion known = version;
    if (known == null) {
      known = KernelVersion.of(root);
      version = known;
    }
    return known;
  }

  /** Whether the kernel was built with BTF. Source: {@code /sys/kernel/btf/vmlinux}. */
  public boolean describesItsTypes() {
    Path btf = root.resolve("sys/kernel/btf/vmlinux");
    try {
      return Files.isReadable(btf) && Files.size(btf) > 0;
    } catch (IOException gone) {
      return false;
    }
  }

  /**
   * Whether there is something that a program can attach to; true for hooks that this cannot tell
   * of.
   *
   * @param hook section name, such as {@code tp_btf/sched_switch}; of a raw tracepoint the kernel's
   *     BTF says whether it exists
   */
  public boolean hasHook(String hook) {
    return !hook.startsWith(TRACEPOINT_HOOK)
        || Tracepoints.of(root).contains(hook.substring(TRACEPOINT_HOOK.length()));
  }

  /** Reads what {@link #hasHook} asks for, so that it answers at once: some 20 ms of CPU time. */
  public void readHooks() {
    Tracepoints.of(root);
  }

  /** This process's effective capabilities. Source: {@code CapEff} of {@code /proc/self/status}. */
  public Capabilities capabilities() {
    return Capabilities.of(root);
  }

  /** CPUs that can ever be there. Source: {@code /sys/devices/system/cpu/possible}. */
  public CpuSet possibleCpus() {
    return cpus.possible();
  }

  /** CPUs that are in use. Source: {@code /sys/devices/system/cpu/online}. */
  public CpuSet onlineCpus() {
    return cpus.online();
  }

  /** CPUs of {@code isolcpus=}. Source: {@code /sys/devices/system/cpu/isolated}. */
  public CpuSet isolatedCpus() {
    return cpus.isolated();
  }

  /** CPUs of {@code nohz_full=}. Source: {@code /sys/devices/system/cpu/nohz_full}. */
  public CpuSet nohzFullCpus() {
    return cpus.nohzFull();
  }

  /**
   * The lockdown mode in force: {@code none}, {@code integrity} or {@code confidentiality}.
   *
   * <p>Source: {@code /sys/kernel/security/lockdown}; empty where it is absent or unreadable.
   */
  public Optional<String> lockdown() {
    return text("sys/kernel/security/lockdown")
        .filter(modes -> modes.indexOf('[') < modes.indexOf(']'))
        .map(modes -> modes.substring(modes.indexOf('[') + 1, modes.indexOf(']')));
  }

  /** Whether run times are counted for everyone. Source: {@code kernel.bpf_stats_enabled}. */
  public boolean countsRunTime() {
    return text("proc/sys/kernel/bpf_stats_enabled").map(String::strip).orElse("0").equals("1");
  }

  private Optional<String> text(String file) {
    try {
      return Optional.of(KernelFile.text(root.resolve(file)));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }
}
