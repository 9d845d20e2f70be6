package latencyscope.jmc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.NotMeasured;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Leaves empty what was not measured, where a recording has -1 or 0 for it, and gives the counters
 * that are times a separate unit and column. {@code AsRecorded} takes it back for who judges.
 *
 * <p>Events of other types do not pass through it. Stateless, safe for use by several threads.
 */
public final class Unmeasured implements IParserExtension {
  /** Called by the service loader. */
  public Unmeasured() {}

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    return new IEventSinkFactory() {
      @Override
      public IEventSink create(
          String id, String label, String[] category, String description, List<ValueField> fields) {
        if (!id.startsWith(Fields.OURS)) {
          return subFactory.create(id, label, category, description, fields);
        }
        boolean split =
            id.equals(EventDescription.PREFIX + EventTypes.COUNTER)
                && Fields.indexOf(EventFields.TIME, fields) < 0;
        List<ValueField> shown = split ? withTime(fields) : fields;
        IEventSink sink = subFactory.create(id, label, category, description, shown);
        List<Consumer<Object[]>> steps = steps(id, fields);
        IEventSink emptied =
            values -> {
              steps.forEach(step -> step.accept(values));
              sink.addEvent(values);
            };
        return split ? timed(emptied, fields) : steps.isEmpty() ? sink : emptied;
      }

      @Override
      public void flush() {
        subFactory.flush();
      }
    };
  }

  private static List<ValueField> withTime(List<ValueField> fields) {
    List<ValueField> all = new ArrayList<>(fields);
    all.add(
        new ValueField(
            EventFields.TIME.name(),
            "Time",
            "Sum of times, where it is not a count",
            UnitLookup.TIMESPAN));
    return all;
  }

  private static IEventSink timed(IEventSink sink, List<ValueField> fields) {
    int measure = Fields.indexOf(EventFields.MEASURE, fields);
    int value = Fields.indexOf(EventFields.VALUE_NUMBER, fields);
    return values -> {
      Object[] all = Arrays.copyOf(values, values.length + 1);
      String name = Fields.text(values, measure);
      if (name != null && name.endsWith("_ns") && value >= 0) {
        all[values.length] = UnitLookup.NANOSECOND.quantity(Fields.number(values, value));
        all[value] = null;
      }
      sink.addEvent(all);
    };
  }

  private static List<Consumer<Object[]>> steps(String id, List<ValueField> fields) {
    List<Consumer<Object[]>> steps = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      int at = i;
      String field = fields.get(i).getIdentifier();
      OptionalLong none = NotMeasured.of(id, field);
      if (none.isPresent()) {
        steps.add(values -> emptyIf(values, at, none.getAsLong()));
      }
      int tid = Fields.indexOf(field + "Tid", fields);
      if (tid >= 0) {
        int pid = Fields.indexOf(field + "Pid", fields);
        steps.add(values -> noTask(values, at, tid, pid));
      }
    }
    int file = Fields.indexOf(EventFields.FILE, fields);
    int offset = Fields.indexOf(EventFields.FILE_OFFSET, fields);
    if (file >= 0 && offset >= 0) {
      steps.add(values -> values[offset] = values[file] == null ? null : values[offset]);
    }
    return steps;
  }

  private static void emptyIf(Object[] values, int at, long none) {
    if (values[at] != null && Fields.number(values, at) == none) {
      values[at] = null;
    }
  }

  // Of nobody there is no id, either: 0 is the idle task's.
  private static void noTask(Object[] values, int name, int tid, int pid) {
    if (values[name] == null) {
      emptyIf(values, tid, 0);
      if (pid >= 0) {
        emptyIf(values, pid, 0);
      }
    }
  }
}
