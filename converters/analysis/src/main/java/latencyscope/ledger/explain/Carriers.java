package latencyscope.ledger.explain;

import java.util.List;

/**
 * What is known of where a virtual thread ran.
 *
 * @param names carriers on which it was pinned, each once, in order of their names
 * @param knownNs for how long of the window the carrier is known, nanoseconds
 */
public record Carriers(List<String> names, long knownNs) {
  /** Why nothing is known of the rest. */
  public static final String WHY_NOT =
      "a virtual thread: its carrier is recorded only while it is pinned";

  /** Copies the list. */
  public Carriers {
    names = List.copyOf(names);
  }
}
