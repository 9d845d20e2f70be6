package latencyscope.bpf.error;

/** A shared library, or a function in it, that this host does not have. */
public final class MissingLibraryException extends BpfException {
  private static final long serialVersionUID = 1L;

  public MissingLibraryException(String problem, String debianPackage) {
    super(problem, "apt-get install " + debianPackage, 0);
  }
}
