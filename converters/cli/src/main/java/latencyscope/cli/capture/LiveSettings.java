package latencyscope.cli.capture;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/** Settings of the flight recorder for a live view. */
final class LiveSettings {
  private static final Set<String> DECIDED_BY_CODE =
      Set.of(EventTypes.RUN_QUEUE_WAIT, EventTypes.CONTEXT_SWITCH);
  private static final String THRESHOLD = "#threshold";

  private LiveSettings() {}

  /** Only what a live view shows: each event costs some microseconds of CPU time. */
  static Map<String, String> of(CaptureRequest request, LiveCapture.Thresholds thresholds) {
    Map<String, String> settings = new LinkedHashMap<>(request.settings());
    settings.put(EventDescription.PREFIX + EventTypes.CAPTURE + "#mode", "stream");
    for (Schema.Type type : Schema.types()) {
      if (!settings.containsKey(type.name() + "#enabled")) {
        continue;
      }
      EventDescription known =
          EventTypes.of(type.name().substring(EventDescription.PREFIX.length()));
      if (known == null) {
        continue; // about the capture itself
      }
      if (type.threshold().isEmpty() || !takesTime(known)) {
        settings.put(type.name() + "#enabled", "false");
      } else {
        boolean stall = known.latency() || !known.cost().isEmpty();
        Duration least = stall ? thresholds.stalls() : thresholds.blocked();
        settings.put(type.name() + THRESHOLD, least.toNanos() + " ns");
      }
    }
    return settings;
  }

  /** Whether a thread's account of its time has the event in it. */
  private static boolean takesTime(EventDescription event) {
    return !event.ledgerCause().isEmpty()
        || !event.cost().isEmpty()
        || DECIDED_BY_CODE.contains(event.name());
  }
}
