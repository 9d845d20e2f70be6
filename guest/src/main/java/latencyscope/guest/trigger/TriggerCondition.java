package latencyscope.guest.trigger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import latencyscope.jfr.TimeText;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * A condition under which the last seconds are written to a file: an event that took longer.
 *
 * @param text as the user wrote it
 * @param event full name of the event type
 * @param longerThanNs length above which it is met, nanoseconds
 */
record TriggerCondition(String text, String event, long longerThanNs) {
  /** Stands for whatever takes the time of a thread that wants to run. */
  private static final String ANY = "latency";

  private static final Map<String, String> JVM_EVENTS =
      Map.of(
          "gc", "jdk.GCPhasePause",
          "safepoint", "jdk.SafepointBegin",
          "monitor", "jdk.JavaMonitorEnter");

  private static final Set<String> JVM_LATENCY = Set.of("gc", "safepoint");

  private static final Map<String, String> SHORT_NAMES = shortNames();

  private static Map<String, String> shortNames() {
    Map<String, String> names = new TreeMap<>(JVM_EVENTS);
    for (EventDescription event : EventTypes.ALL) {
      if (!event.trigger().isEmpty()) {
        names.put(event.trigger(), event.fullName());
      }
    }
    return names;
  }

  /** The events that {@link #ANY} stands for. */
  private static Stream<String> anyLatency() {
    return Stream.concat(
        EventTypes.ALL.stream().filter(EventDescription::latency).map(EventDescription::fullName),
        JVM_LATENCY.stream().map(JVM_EVENTS::get));
  }

  /** Whether the kernel's probes see the event, rather than the JVM. */
  boolean isOfKernel() {
    return event.startsWith(EventDescription.PREFIX);
  }

  /**
   * Reads conditions that are joined with {@code |}.
   *
   * @param problems gets a sentence for each one that is not understood; it is left out
   */
  static List<TriggerCondition> parse(String text, List<String> problems) {
    List<TriggerCondition> conditions = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split("\\|")) {
      try {
        conditions.addAll(parse(part.strip()));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    return List.copyOf(conditions);
  }

  private static List<TriggerCondition> parse(String text) {
    int sign = text.indexOf('>');
    String name = sign < 0 ? "" : text.substring(0, sign).strip();
    if (name.equals(ANY)) {
      long ns = nanos(text, text.substring(sign + 1).strip());
      return anyLatency().map(one -> new TriggerCondition(text, one, ns)).toList();
    }
    String event = name.contains(".") ? name : SHORT_NAMES.get(name);
    if (event == null) {
      throw new IllegalArgumentException(
          "trigger '"
              + text
              + "' is not NAME>TIME; NAME is an event's full name, such as demo.TickToTrade, or "
              + String.join(", ", SHORT_NAMES.keySet())
              + ", or "
              + ANY
              + " for anything that keeps a thread from running");
    }
    return List.of(
        new TriggerCondition(text, event, nanos(text, text.substring(sign + 1).strip())));
  }

  private static long nanos(String condition, String time) {
    try {
      return TimeText.parse(time, "").toNanos();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "trigger '" + condition + "': '" + time + "' is not a time like 100us, 5ms or 1s", e);
    }
  }
}
