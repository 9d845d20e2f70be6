package latencyscope.bpf.error;

/** A compiled object that cannot be read, or is not the one that was built. */
public final class MalformedObjectException extends BpfException {
  private static final long serialVersionUID = 1L;

  public MalformedObjectException(String problem) {
    super(problem, "build it again with mvn -pl bpf package, or install the jar anew", 0);
  }
}
