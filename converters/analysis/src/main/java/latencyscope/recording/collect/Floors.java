package latencyscope.recording.collect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.Floor;

/**
 * Thresholds that the cost budget raised: from {@code BudgetExceeded} events. Not safe for use by
 * several threads.
 */
public final class Floors {
  /** So many are said; a sentence with all of them nobody would read. */
  private static final int MOST = 5;

  private final Map<String, Long> floors = new TreeMap<>();
  private final List<Floor> changes = new ArrayList<>();

  /** Creates one without a floor. */
  public Floors() {}

  /** Takes a change of a threshold. */
  // The highest floor of each says it all: what is below may be missing.
  public void add(EventType type, Object[] values) {
    String full = type.text(values, EventFields.EVENT_TYPE);
    String raised = full == null ? "" : full.substring(full.lastIndexOf('.') + 1);
    long floor = type.number(values, EventFields.FLOOR, 0);
    floors.merge(raised, floor, Math::max);
    changes.add(new Floor(raised, Values.start(type, values), floor));
  }

  /** "ContextSwitch from 40 µs on", the highest first. */
  private String inWords() {
    return floors.entrySet().stream()
        .filter(floor -> floor.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST)
        .map(floor ->
            String.format(
                Locale.ROOT,
                "%s from %,d µs on",
                floor.getKey().isEmpty() ? "events" : floor.getKey(),
                floor.getValue() / 1_000))
        .collect(Collectors.joining(", "));
  }

  /** A sentence if any threshold rose. */
  public Optional<String> note() {
    String raised = inWords();
    return raised.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The capture exceeded its cost budget: for a while it kept only "
                + raised
                + "; counts and percentiles include them all.");
  }

  /** The highest floor of each event type, nanoseconds. */
  public Map<String, Long> highest() {
    return Map.copyOf(floors);
  }

  /** All changes, in order of time. */
  public List<Floor> changes() {
    return changes.stream().sorted(Comparator.comparingLong(Floor::time)).toList();
  }
}
