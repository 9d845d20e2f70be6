package latencyscope.jmc;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Makes numbers of things a quantity, which Mission Control adds up and charts. Without it, a
 * {@code long} that has no unit is taken for an identifier, as process and thread ids are.
 *
 * <p>Events of other types do not pass through it. Stateless, safe for use by several threads.
 */
public final class Counts implements IParserExtension {
  /** Fields that count, in whichever of our events. */
  static final Set<String> FIELDS =
      Set.of(
          EventFields.COUNT.name(),
          EventFields.COUNTED.name(),
          EventFields.FAILED_PAGES.name(),
          EventFields.MATCHES.name(),
          EventFields.MISSED.name(),
          EventFields.PAGES.name(),
          EventFields.RUNS.name(),
          EventFields.UNBINNED.name(),
          EventFields.WAITS.name());

  /** Called by the service loader. */
  public Counts() {}

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    return new IEventSinkFactory() {
      @Override
      public IEventSink create(
          String id, String label, String[] category, String description, List<ValueField> fields) {
        int[] counting = id.startsWith(Fields.OURS) ? counting(id, fields) : new int[0];
        if (counting.length == 0) {
          return subFactory.create(id, label, category, description, fields);
        }
        List<ValueField> typed = new ArrayList<>(fields);
        for (int i : counting) {
          ValueField field = fields.get(i);
          typed.set(
              i,
              new ValueField(
                  field.getIdentifier(),
                  field.getName(),
                  field.getDescription(),
                  UnitLookup.NUMBER));
        }
        IEventSink sink = subFactory.create(id, label, category, description, typed);
        return values -> {
          for (int i : counting) {
            if (values[i] instanceof Number number) {
              values[i] = UnitLookup.NUMBER_UNITY.quantity(number.longValue());
            }
          }
          sink.addEvent(values);
        };
      }

      @Override
      public void flush() {
        subFactory.flush();
      }
    };
  }

  private static int[] counting(String id, List<ValueField> fields) {
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      ValueField field = fields.get(i);
      // What Counter counts is called its value; that of a trigger is a time.
      boolean counts =
          FIELDS.contains(field.getIdentifier())
              || id.equals(EventDescription.PREFIX + EventTypes.COUNTER)
                  && field.getIdentifier().equals(EventFields.VALUE_NUMBER.name());
      if (counts && field.getContentType() == UnitLookup.RAW_NUMBER) {
        found.add(i);
      }
    }
    return found.stream().mapToInt(i -> i).toArray();
  }
}
