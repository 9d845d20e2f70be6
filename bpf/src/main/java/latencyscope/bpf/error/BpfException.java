package latencyscope.bpf.error;

/**
 * What the host or an object does not allow, in one sentence, and what a person can do about it, in
 * another.
 *
 * <p>Checked, because the code that calls this package is a guest in somebody's engine: the
 * compiler then points at every place where a refusal by the kernel could travel on into that
 * engine.
 */
public abstract sealed class BpfException extends Exception
    permits CorruptRingException,
        KernelRefusalException,
        MalformedObjectException,
        MissingCapabilityException,
        MissingKernelFeatureException,
        MissingLibraryException,
        VerifierRefusalException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String remedy;
  private final int errno;

  BpfException(String problem, String remedy, int errno) {
    super(problem + "; " + remedy);
    this.problem = problem;
    this.remedy = remedy;
    this.errno = errno;
  }

  /** What is wrong: one sentence without its full stop. */
  public final String problem() {
    return problem;
  }

  /** What helps: one sentence without its full stop, with the command where there is one. */
  public final String remedy() {
    return remedy;
  }

  /** The kernel's error number, 0 where the kernel was not asked; {@link Errno} names it. */
  public final int errno() {
    return errno;
  }
}
