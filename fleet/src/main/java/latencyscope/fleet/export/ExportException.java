package latencyscope.fleet.export;

/** A recording could not become rows; the message is a sentence that says why. */
public final class ExportException extends Exception {
  private static final long serialVersionUID = 1L;

  ExportException(String message) {
    super(message);
  }

  ExportException(String message, Throwable cause) {
    super(message, cause);
  }
}
