package latencyscope.cli.console;

/**
 * The program cannot do what it was asked to; the message is one sentence that says what is wrong
 * and what would be right.
 */
public final class UserError extends Exception {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
