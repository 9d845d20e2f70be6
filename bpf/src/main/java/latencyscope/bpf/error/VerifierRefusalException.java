package latencyscope.bpf.error;

/** A program that the kernel's verifier does not accept. */
public final class VerifierRefusalException extends BpfException {
  private static final long serialVersionUID = 1L;

  private final String program;
  private final String log;

  public VerifierRefusalException(String program, String reason, String log, int errno) {
    super(
        "the verifier refuses " + program + ": " + reason + " (" + Errno.name(errno) + ")",
        "report it with the complete verifier log and the kernel version",
        errno);
    this.program = program;
    this.log = log;
  }

  /** Name of the refused program. */
  public String program() {
    return program;
  }

  /** All that the verifier wrote about it. */
  public String log() {
    return log;
  }
}
