package latencyscope.attach;

/** A JVM cannot be reached, or refuses; the message is the end of a sentence that says why. */
public final class AttachException extends Exception {
  private static final long serialVersionUID = 1L;

  AttachException(String message) {
    super(message);
  }

  AttachException(String message, Throwable cause) {
    super(message, cause);
  }
}
