package latencyscope.recording.event;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import jdk.jfr.Name;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.NoValue;

/**
 * What numeric fields of our events hold where nothing was measured: flight recorder events have no
 * empty numbers.
 */
public final class NotMeasured {
  private static final Map<String, Long> VALUES = values();

  private NotMeasured() {}

  /** The value that stands for none; empty if each value of the field was measured. */
  public static OptionalLong of(String type, String field) {
    Long value = VALUES.get(type + '.' + field);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Map<String, Long> values() {
    Map<String, Long> values = new HashMap<>();
    for (Class<?> event : Schema.events()) {
      for (Field field : event.getDeclaredFields()) {
        NoValue none = field.getAnnotation(NoValue.class);
        if (none != null) {
          values.put(event.getAnnotation(Name.class).value() + '.' + field.getName(), none.value());
        }
      }
    }
    return values;
  }
}
