package latencyscope.guest.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import latencyscope.jfr.capture.Capture;

/**
 * What the running recordings set on the {@code latencyscope.Capture} event, at one moment: to ask
 * a recording has it copy all its settings. Immutable.
 */
public final class RecordedSettings {
  private final long typeId;
  private final String typeName;
  private final List<Map<String, String>> recordings = new ArrayList<>();

  private RecordedSettings(EventType type) {
    typeId = type.getId();
    typeName = type.getName();
  }

  /** Asks the flight recorder. */
  public static RecordedSettings now() {
    RecordedSettings all = new RecordedSettings(EventType.getEventType(Capture.class));
    for (Recording recording : FlightRecorder.getFlightRecorder().getRecordings()) {
      if (recording.getState() == RecordingState.RUNNING) {
        all.recordings.add(recording.getSettings());
      }
    }
    return all;
  }

  /** What the recordings set that have something to say, in the order in which they were made. */
  List<String> each(String name) {
    return ofAll(name).stream().filter(value -> !value.isEmpty()).toList();
  }

  /** What each of the recordings sets, or "" where it sets nothing. */
  List<String> ofAll(String name) {
    return recordings.stream().map(settings -> value(settings, name)).toList();
  }

  private String value(Map<String, String> settings, String name) {
    // Recording.enable(Class) writes the type's id where .jfc files write its name.
    String set = settings.get(typeId + "#" + name);
    set = set != null ? set : settings.get(typeName + "#" + name);
    return set == null ? "" : set.strip();
  }

  /** What the newest of them sets. */
  String last(String name, String otherwise) {
    List<String> values = each(name);
    return values.isEmpty() ? otherwise.strip() : values.get(values.size() - 1);
  }
}
