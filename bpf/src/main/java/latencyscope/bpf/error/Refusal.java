package latencyscope.bpf.error;

import latencyscope.proc.Capabilities;

/** Turns an error number into the exception that says most. */
public final class Refusal {
  private Refusal() {}

  /**
   * The exception for a refused action.
   *
   * @param action to follow "could not", such as {@code attach ls_switch}
   */
  public static BpfException of(String action, int errno) {
    if (errno == Errno.EPERM) {
      Capabilities held = Capabilities.held();
      if (!held.allowBpf()) {
        return new MissingCapabilityException(action, held);
      }
    }
    return new KernelRefusalException(action, errno);
  }

  /** Passes a result that is not negative. */
  public static int check(String action, int result) throws BpfException {
    if (result < 0) {
      throw of(action, -result);
    }
    return result;
  }
}
