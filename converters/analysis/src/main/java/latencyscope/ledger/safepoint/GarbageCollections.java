package latencyscope.ledger.safepoint;

import java.util.HashMap;
import java.util.Map;
import latencyscope.recording.event.JvmEvent;

/**
 * The garbage collections of a recording, by the JVM's number. Bounded: later ones than the limit
 * are not known. Not safe for use by several threads.
 */
public final class GarbageCollections {
  public static final String TYPE = "jdk.GarbageCollection";
  private static final int LIMIT = 200_000;

  private final Map<Long, Of> byId = new HashMap<>();

  /**
   * One collection.
   *
   * @param collector such as {@code G1New}; null if not recorded
   * @param cause such as {@code System.gc()}; null if not recorded
   */
  public record Of(String collector, String cause) {
    static final Of UNKNOWN = new Of(null, null);
  }

  public void add(JvmEvent event) {
    if (byId.size() < LIMIT) {
      byId.put(event.number("gcId"), new Of(event.text("name"), event.text("cause")));
    }
  }

  public Of of(long gcId) {
    return byId.getOrDefault(gcId, Of.UNKNOWN);
  }
}
