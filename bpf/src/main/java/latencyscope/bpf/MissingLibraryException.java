package latencyscope.bpf;

/** A shared library, or a function in it, that this host does not have. */
public final class MissingLibraryException extends BpfException {
  private static final long serialVersionUID = 1L;

  MissingLibraryException(String problem, String debianPackage) {
    super(problem, "apt-get install " + debianPackage, 0);
  }
}
