package latencyscope.ledger.explain;

import java.util.List;

/** A recording has no event of the type that was asked for. */
public final class UnknownEventException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Creates it.
   *
   * @param event what was asked for
   * @param existing event types that the recording has, with a duration
   */
  public UnknownEventException(String event, List<String> existing) {
    super(
        "the recording has no event "
            + event
            + " with a duration; those it has are: "
            + (existing.isEmpty() ? "none" : String.join(", ", existing)));
  }
}
