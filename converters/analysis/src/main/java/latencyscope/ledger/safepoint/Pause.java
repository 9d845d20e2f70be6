package latencyscope.ledger.safepoint;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A garbage collection's pause.
 *
 * @param gcId the JVM's number of the collection
 * @param name such as {@code GC Pause}
 * @param collector such as {@code G1New}; null if that is not recorded
 * @param cause of the collection, such as {@code System.gc()}; null if that is not recorded
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 */
public record Pause(
    long gcId, String name, String collector, String cause, long start, long duration) {
  /** End, nanoseconds since the epoch. */
  public long end() {
    return start + duration;
  }

  /** Its name with number, collector and cause, as far as they are known. */
  public String words() {
    return words(gcId, name, collector, cause);
  }

  public static String words(long gcId, String name, String collector, String cause) {
    String more =
        Stream.of(collector, cause == null ? null : "cause: " + cause)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    return name + " (GC " + gcId + (more.isEmpty() ? "" : ", " + more) + ")";
  }

  /** The same pause of a collection of which more is known. */
  public Pause of(GarbageCollections.Of collection) {
    return new Pause(gcId, name, collection.collector(), collection.cause(), start, duration);
  }
}
