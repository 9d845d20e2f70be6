package latencyscope.bpf.error;

/** Something that the running kernel is too old for, or was built without. */
public final class MissingKernelFeatureException extends BpfException {
  private static final long serialVersionUID = 1L;

  private MissingKernelFeatureException(String problem, String remedy, int errno) {
    super(problem, remedy, errno);
  }

  public static MissingKernelFeatureException version(KernelVersion needed, KernelVersion running) {
    return new MissingKernelFeatureException(
        "needs Linux ≥ " + needed.major() + "." + needed.minor() + ", this is " + running,
        "boot a newer kernel",
        0);
  }

  public static MissingKernelFeatureException typeInformation() {
    return new MissingKernelFeatureException(
        "the kernel does not describe its types (no /sys/kernel/btf/vmlinux)",
        "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of Debian 11, Ubuntu 20.10 and"
            + " later are",
        0);
  }

  public static MissingKernelFeatureException ringThatSleeps(KernelVersion running) {
    return new MissingKernelFeatureException(
        "this PREEMPT_RT kernel, "
            + running
            + ", hangs when a BPF program in its scheduler writes to a ring buffer, so nothing is"
            + " loaded",
        "boot a newer PREEMPT_RT kernel, such as 6.12, or one without PREEMPT_RT",
        0);
  }

  public static MissingKernelFeatureException hook(String program, String hook, int errno) {
    return new MissingKernelFeatureException(
        "this kernel has no " + hook + ", which " + program + " hooks",
        "leave that program out, or boot a kernel that has it",
        errno);
  }
}
