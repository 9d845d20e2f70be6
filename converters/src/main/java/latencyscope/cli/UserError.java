package latencyscope.cli;

/**
 * The program cannot do what it was asked to; the message is one sentence that says what is wrong
 * and what would be right.
 */
final class UserError extends Exception {
  private static final long serialVersionUID = 1L;

  UserError(String message) {
    super(message);
  }

  UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
