package latencyscope.spark;

/** What a user can mend; the message is a sentence that says what was wrong. */
final class SparkError extends Exception {
  private static final long serialVersionUID = 1L;

  SparkError(String message) {
    super(message);
  }
}
