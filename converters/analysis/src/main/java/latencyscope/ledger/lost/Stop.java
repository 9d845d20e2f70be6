package latencyscope.ledger.lost;

/**
 * What the JVM stopped threads for.
 *
 * @param operation the JVM's name of it
 * @param gcCause why it collected garbage, such as {@code System.gc()}; null if it did not
 */
public record Stop(String operation, String gcCause) {
  /** Whether it was a garbage collection. */
  public boolean isCollection() {
    return gcCause != null;
  }

  /** In words, as the subject of a sentence. */
  public String words() {
    return isCollection() ? "Garbage collection (" + gcCause + ")" : "JVM operation " + operation;
  }
}
