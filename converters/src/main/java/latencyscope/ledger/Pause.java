package latencyscope.ledger;

/**
 * A garbage collection's pause.
 *
 * @param gcId the JVM's number of the collection
 * @param name such as {@code GC Pause}
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 */
public record Pause(long gcId, String name, long start, long duration) {
  /** End, nanoseconds since the epoch. */
  public long end() {
    return start + duration;
  }
}
