package latencyscope.contract;

/** A contract that cannot be used; the message names the file, the line and what would be right. */
public final class ContractException extends Exception {
  private static final long serialVersionUID = 1;

  /** Creates it with a sentence for the user. */
  public ContractException(String message) {
    super(message);
  }

  ContractException(String message, Throwable cause) {
    super(message, cause);
  }
}
