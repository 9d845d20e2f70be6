package latencyscope.bpf;

/** A call that the kernel or libbpf refused for a reason that has no type of its own. */
public final class KernelRefusalException extends BpfException {
  private static final long serialVersionUID = 1L;

  /** From here on maps count as memory of the control group. */
  private static final KernelVersion CHARGED_TO_GROUPS = new KernelVersion(5, 11, 0);

  KernelRefusalException(String action, int errno) {
    super(
        "could not " + action + " (" + Errno.name(errno) + ")",
        remedy(errno, Kernel.running().version()),
        errno);
  }

  static String remedy(int errno, KernelVersion version) {
    if (errno == Errno.EPERM && version.compareTo(CHARGED_TO_GROUPS) < 0) {
      return "raise the limit of locked memory, to which this kernel charges maps: ulimit -l"
          + " unlimited, or LimitMEMLOCK=infinity in the unit of systemd";
    }
    return switch (errno) {
      case Errno.EPERM ->
          "the process has the capabilities, so look for what else forbids it: lockdown"
              + " (/sys/kernel/security/lockdown), a seccomp filter, or a kernel without that"
              + " program type";
      case Errno.ENOMEM -> "free memory, or raise the memory limit of the control group";
      default -> "see what the kernel says: dmesg | tail";
    };
  }
}
