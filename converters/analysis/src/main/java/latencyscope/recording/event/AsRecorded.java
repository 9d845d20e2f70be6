package latencyscope.recording.event;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.thread.ThreadNames;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Takes back what the plug-in changes in events for readers of tables, so that they are judged as
 * those of the file are: names that it completed, and what it left empty.
 */
public final class AsRecorded {
  private static final String COUNTER = EventDescription.PREFIX + EventTypes.COUNTER;

  private AsRecorded() {}

  /** What is to be done with the values of each event of a type. */
  public static List<Consumer<Object[]>> steps(String type, List<ValueField> fields) {
    List<Consumer<Object[]>> steps = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i).getIdentifier();
      int at = i;
      OptionalLong none = NotMeasured.of(type, field);
      if (none.isPresent()) {
        steps.add(values -> values[at] = values[at] == null ? none.getAsLong() : values[at]);
      }
      if (indexOf(field + "Tid", fields) >= 0) {
        steps.add(values -> values[at] = kernelName(values[at]));
      }
    }
    int value = indexOf(EventFields.VALUE_NUMBER.name(), fields);
    int time = indexOf(EventFields.TIME.name(), fields);
    if (type.equals(COUNTER) && value >= 0 && time >= 0) {
      steps.add(values -> values[value] = values[value] == null ? values[time] : values[value]);
    }
    return steps;
  }

  private static Object kernelName(Object name) {
    return name instanceof String text ? ThreadNames.kernelName(text) : name;
  }

  private static int indexOf(String field, List<ValueField> fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getIdentifier().equals(field)) {
        return i;
      }
    }
    return -1;
  }
}
