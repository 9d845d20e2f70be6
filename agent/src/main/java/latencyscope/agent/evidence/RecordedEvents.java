package latencyscope.agent.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import jdk.jfr.Event;
import jdk.jfr.EventType;

/**
 * Notes which of our event types the running recordings want throughout an interval, and from which
 * length on. Without it, no reader could tell a type that was off from one that had nothing to say.
 *
 * <p>Used by one thread at a time.
 */
public final class RecordedEvents {
  private static final String SEPARATOR = "+";

  private final List<EventType> types;

  /** Highest threshold of each type that was wanted at every look; null before the first look. */
  private Map<String, Long> throughout;

  /**
   * Notes nothing yet.
   *
   * @param events classes of the types
   */
  public RecordedEvents(List<Class<? extends Event>> events) {
    types = events.stream().map(EventType::getEventType).toList();
  }

  /**
   * Looks which types are wanted now.
   *
   * @param thresholdNs from which length on events of a type are recorded, by its full name
   */
  public void look(ToLongFunction<String> thresholdNs) {
    Map<String, Long> now = new TreeMap<>();
    for (EventType type : types) {
      if (type.isEnabled()) {
        now.put(type.getName(), thresholdNs.applyAsLong(type.getName()));
      }
    }
    if (throughout == null) {
      throughout = now;
      return;
    }
    throughout.keySet().retainAll(now.keySet());
    throughout.replaceAll((name, threshold) -> Math.max(threshold, now.get(name)));
  }

  /** What was wanted at every look since the last call. */
  public String take() {
    List<String> texts = new ArrayList<>();
    if (throughout != null) {
      throughout.forEach((name, threshold) -> {
        String simple = name.substring(name.lastIndexOf('.') + 1);
        texts.add(threshold == 0 ? simple : simple + '=' + threshold);
      });
    }
    throughout = null;
    return String.join(SEPARATOR, texts);
  }
}
