package latencyscope.jmc;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.Count;
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
  /** Names of the fields of each of our types that count, by the type's name. */
  private static final Map<String, Set<String>> FIELDS = fields();

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
    Set<String> counting = FIELDS.getOrDefault(id, Set.of());
    return IntStream.range(0, fields.size())
        .filter(i -> counting.contains(fields.get(i).getIdentifier()))
        .filter(i -> fields.get(i).getContentType() == UnitLookup.RAW_NUMBER)
        .toArray();
  }

  private static Map<String, Set<String>> fields() {
    Map<String, Set<String>> counting = new HashMap<>();
    for (Class<? extends Event> type : Schema.events()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.isAnnotationPresent(Count.class)) {
          counting
              .computeIfAbsent(type.getAnnotation(Name.class).value(), name -> new HashSet<>())
              .add(field.getName());
        }
      }
    }
    return counting;
  }
}
