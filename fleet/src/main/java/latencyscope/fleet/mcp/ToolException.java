package latencyscope.fleet.mcp;

/** A tool has no answer; the message is a sentence that says why, and what would be right. */
final class ToolException extends Exception {
  private static final long serialVersionUID = 1L;

  ToolException(String message) {
    super(message);
  }

  ToolException(String message, Throwable cause) {
    super(message, cause);
  }
}
