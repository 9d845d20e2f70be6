package latencyscope.bpf.error;

import latencyscope.proc.Capabilities;

/** EPERM in a process that lacks CAP_BPF or CAP_PERFMON. */
public final class MissingCapabilityException extends BpfException {
  private static final long serialVersionUID = 1L;

  MissingCapabilityException(String action, Capabilities held) {
    super(
        "could not "
            + action
            + " (EPERM): this process needs CAP_BPF and CAP_PERFMON and has "
            + held,
        "run it as root, or give it both (systemd: AmbientCapabilities=CAP_BPF CAP_PERFMON,"
            + " docker: --cap-add BPF --cap-add PERFMON)",
        Errno.EPERM);
  }
}
