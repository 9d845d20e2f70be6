package latencyscope.bpf.error;

/** A call that the kernel or libbpf refused for a reason without a separate type. */
public final class KernelRefusalException extends BpfException {
  private static final long serialVersionUID = 1L;

  KernelRefusalException(String action, int errno) {
    super(
        "could not " + action + " (" + Errno.name(errno) + ")",
        remedy(errno, KernelVersion.running()),
        errno);
  }

  static String remedy(int errno, KernelVersion version) {
    if (errno == Errno.EPERM && !KernelChange.MAPS_CHARGED_TO_GROUPS.isIn(version)) {
      return "raise the limit of locked memory, to which this kernel charges maps: ulimit -l"
          + " unlimited, or LimitMEMLOCK=infinity in the unit of systemd";
    }
    return switch (errno) {
      case Errno.EPERM ->
          "the process has the capabilities; check what else forbids it: lockdown"
              + " (/sys/kernel/security/lockdown), a seccomp filter, or a kernel without that"
              + " program type";
      case Errno.ENOMEM -> "free memory, or raise the memory limit of the control group";
      default -> "check the kernel log: dmesg | tail";
    };
  }
}
