package latencyscope.guest.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.EventType;

/**
 * Notes which of our event types the running recordings want throughout an interval, and from which
 * length on. Without it, no reader could distinguish a type that was off from one without
 * occurrences.
 *
 * <p>Used by one thread at a time.
 */
public final class RecordedEvents {
  private static final String SEPARATOR = "+";

  private static final long NOT_WANTED = -1;

  private final EventType[] types;
  private final String[] names;

  /** Highest threshold of each type that was wanted at every look; else {@link #NOT_WANTED}. */
  private final long[] throughout;

  /** Whether there was no look since the last {@link #take}. */
  private boolean begins = true;

  /**
   * Notes nothing yet.
   *
   * @param events classes of the types
   */
  public RecordedEvents(List<Class<? extends Event>> events) {
    types = events.stream().map(EventType::getEventType).toArray(EventType[]::new);
    Arrays.sort(types, Comparator.comparing(EventType::getName));
    names = Stream.of(types).map(EventType::getName).toArray(String[]::new);
    throughout = new long[types.length];
  }

  /**
   * Looks which types are wanted now. Allocates nothing.
   *
   * @param thresholdNs from which length on events of a type are recorded, by its full name
   */
  public void look(ToLongFunction<String> thresholdNs) {
    for (int i = 0; i < types.length; i++) {
      boolean wanted = types[i].isEnabled() && (begins || throughout[i] != NOT_WANTED);
      throughout[i] =
          wanted
              ? Math.max(begins ? 0 : throughout[i], thresholdNs.applyAsLong(names[i]))
              : NOT_WANTED;
    }
    begins = false;
  }

  /** What was wanted at every look since the last call. */
  public String take() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < names.length && !begins; i++) {
      if (throughout[i] != NOT_WANTED) {
        String simple = names[i].substring(names[i].lastIndexOf('.') + 1);
        texts.add(throughout[i] == 0 ? simple : simple + '=' + throughout[i]);
      }
    }
    begins = true;
    return String.join(SEPARATOR, texts);
  }
}
