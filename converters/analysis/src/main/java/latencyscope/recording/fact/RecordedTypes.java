package latencyscope.recording.fact;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which of LatencyScope's event types were recorded throughout the captured time, and from which
 * length on: the absence of an event says something only where its type was.
 *
 * <p>Not safe for use by several threads while it is being filled.
 */
public final class RecordedTypes {
  private static final String SEPARATOR = "\\+";

  /** Thresholds in nanoseconds; null before the first interval. */
  private Map<String, Long> throughout;

  private boolean untold;
  private String versionWithoutTypes;

  public RecordedTypes() {}

  /** Notes what an interval says; one of no length says nothing. */
  public void interval(String version, String events, long duration) {
    if (duration <= 0) {
      return;
    }
    if (events == null) {
      untold = true;
      versionWithoutTypes = version;
      return;
    }
    Map<String, Long> recorded = parse(events);
    if (throughout == null) {
      throughout = recorded;
      return;
    }
    throughout.keySet().retainAll(recorded.keySet());
    throughout.replaceAll((type, threshold) -> Math.max(threshold, recorded.get(type)));
  }

  private static Map<String, Long> parse(String events) {
    Map<String, Long> recorded = new HashMap<>();
    for (String event : events.split(SEPARATOR)) {
      int equals = event.indexOf('=');
      String type = equals < 0 ? event : event.substring(0, equals);
      recorded.put(type.strip(), equals < 0 ? 0 : threshold(event.substring(equals + 1)));
    }
    return recorded;
  }

  // Only in a damaged file is it no number: then nothing is known to be kept.
  private static long threshold(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  public RecordedTypes copy() {
    RecordedTypes copy = new RecordedTypes();
    copy.throughout = throughout == null ? null : new HashMap<>(throughout);
    copy.untold = untold;
    copy.versionWithoutTypes = versionWithoutTypes;
    return copy;
  }

  /** Whether the recording says which types were recorded; those of versions before 0.3 do not. */
  public boolean areRecorded() {
    return !untold && throughout != null;
  }

  /** Version of LatencyScope that did not say it; null if it is not known. */
  public String versionWithoutTypes() {
    return versionWithoutTypes;
  }

  /**
   * From which length on every event of a type was kept, nanoseconds; empty if the type was off, at
   * times at least, or the recording does not say.
   *
   * @param type such as {@code RunQueueWait}
   */
  public OptionalLong keptFrom(String type) {
    Long threshold = areRecorded() ? throughout.get(type) : null;
    return threshold == null ? OptionalLong.empty() : OptionalLong.of(threshold);
  }
}
