package latencyscope.recording.event;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.NumberField;
import latencyscope.recording.thread.ThreadId;

/**
 * Reads a {@code latencyscope.Exemplar}, which stands for an event of another type, as an event of
 * that type.
 */
public final class Exemplar extends EventType {
  public static final String TYPE = EventDescription.PREFIX + EventTypes.EXEMPLAR;

  private static final Map<String, Map<String, Class<?>>> FIELDS = fields();

  private final Map<String, String> details = new LinkedHashMap<>();

  private Exemplar(String type, String module, String lines) {
    super(type, module);
    for (String line : lines.split("\n")) {
      int sign = line.indexOf('=');
      if (sign > 0) {
        details.put(line.substring(0, sign), line.substring(sign + 1));
      }
    }
  }

  /** The event that the exemplar stands for. */
  public static KernelEvent event(EventType type, Object[] values, ThreadId thread) {
    String name = type.text(values, EventFields.TYPE);
    String details = type.text(values, EventFields.DETAILS);
    String module = type.text(values, EventFields.MODULE);
    Exemplar inner =
        new Exemplar(
            name == null ? "" : name,
            module == null ? "capture" : module,
            details == null ? "" : details);
    for (NumberField field :
        List.of(EventFields.KERNEL_START, EventFields.KERNEL_DURATION, EventFields.CPU)) {
      inner.details.put(field.name(), Long.toString(type.number(values, field, 0)));
    }
    return new KernelEvent(inner).set(values, thread);
  }

  @Override
  public Object value(Object[] values, String field) {
    return details.get(field);
  }

  @Override
  public Map<String, Object> plain(Object[] values) {
    Map<String, Object> plain = new LinkedHashMap<>(details);
    plain.keySet().removeAll(COMMON);
    plain.replaceAll((field, text) -> typed(field, (String) text));
    return plain;
  }

  // Of a type or field that this version does not know, the text is all there is.
  private Object typed(String field, String text) {
    Class<?> type = FIELDS.getOrDefault(simpleName(), Map.of()).get(field);
    try {
      if (type == long.class || type == int.class) {
        return Long.valueOf(text);
      }
      if (type == double.class || type == float.class) {
        return Double.valueOf(text);
      }
    } catch (NumberFormatException e) {
      return text;
    }
    return type == boolean.class ? (Object) Boolean.valueOf(text) : text;
  }

  private static Map<String, Map<String, Class<?>>> fields() {
    Map<String, Map<String, Class<?>>> types = new HashMap<>();
    for (Class<?> event : Schema.events()) {
      Map<String, Class<?>> fields = new HashMap<>();
      for (Field field : event.getFields()) {
        fields.put(field.getName(), field.getType());
      }
      types.put(event.getSimpleName(), fields);
    }
    return types;
  }

  @Override
  public boolean flag(Object[] values, String field) {
    return Boolean.parseBoolean(details.get(field));
  }

  @Override
  public long number(Object[] values, String field, long ifMissing) {
    try {
      String number = details.get(field);
      return number == null ? ifMissing : Long.parseLong(number);
    } catch (NumberFormatException e) {
      return ifMissing;
    }
  }
}
