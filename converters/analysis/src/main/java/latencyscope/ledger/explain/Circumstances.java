package latencyscope.ledger.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the recording says of a window beside its time. Immutable.
 *
 * @param fields the event's own fields with their values; times in nanoseconds
 * @param context contextual fields of the events of the same thread around it, by the full name of
 *     their event type
 * @param frames where the program recorded it, innermost first; empty without a stack
 */
public record Circumstances(
    Map<String, Object> fields, Map<String, Map<String, Object>> context, List<String> frames) {
  /** Nothing is known. */
  public static final Circumstances NONE = new Circumstances(Map.of(), Map.of(), List.of());

  /** Copies what it is given, in its order. */
  public Circumstances {
    fields = new LinkedHashMap<>(fields);
    context = new LinkedHashMap<>(context);
    frames = List.copyOf(frames);
  }
}
