package latencyscope.recording.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.FlagField;
import latencyscope.jfr.schema.NumberField;
import latencyscope.jfr.schema.TextField;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IMCType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.IUnit;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * One event type of a recording: its name, its module, and where in a value array each field is.
 */
public class EventType {
  public static final String PREFIX = EventDescription.PREFIX;

  // What every event has, and has separate methods.
  static final Set<String> COMMON =
      Set.of(
          "startTime",
          "duration",
          "eventThread",
          "stackTrace",
          EventFields.KERNEL_START.name(),
          EventFields.KERNEL_DURATION.name(),
          EventFields.OS_THREAD_ID.name(),
          EventFields.THREAD.name(),
          EventFields.CPU.name());

  private final String name;
  private final String module;
  private final String simpleName;
  private final Map<String, Integer> index = new LinkedHashMap<>();

  /**
   * @param category path whose second element is the module, as in {@code LatencyScope/isolation}
   */
  public EventType(String name, String[] category, List<ValueField> fields) {
    this(name, hasModule(category) ? category[1] : "capture");
    // Of two eventThread fields the last is ours.
    for (int i = 0; i < fields.size(); i++) {
      // The same text as the constants that are asked for: no character needs to be compared.
      index.put(fields.get(i).getIdentifier().intern(), i);
    }
  }

  // In a damaged file, a category may lack its text.
  private static boolean hasModule(String[] category) {
    return category != null && category.length > 1 && category[1] != null;
  }

  public EventType(String name, String module) {
    // Asked for several times an event.
    this.name = name.intern();
    this.module = module.intern();
    simpleName = name.startsWith(PREFIX) ? name.substring(PREFIX.length()).intern() : this.name;
  }

  public String name() {
    return name;
  }

  public String module() {
    return module;
  }

  public String simpleName() {
    return simpleName;
  }

  public final boolean has(EventField field) {
    return has(field.name());
  }

  public boolean has(String field) {
    return index.containsKey(field);
  }

  public Object value(Object[] values, String field) {
    Integer at = index.get(field);
    return at == null ? null : values[at];
  }

  public String text(Object[] values, String field) {
    return value(values, field) instanceof String text ? text : null;
  }

  /** A text field of one of our own types; null if it is missing or has no value. */
  public final String text(Object[] values, TextField field) {
    return text(values, field.name());
  }

  /** A numeric field of one of our own types. */
  public final long number(Object[] values, NumberField field, long ifMissing) {
    return number(values, field.name(), ifMissing);
  }

  /** A boolean field of one of our own types. */
  public final boolean flag(Object[] values, FlagField field) {
    return flag(values, field.name());
  }

  public boolean flag(Object[] values, String field) {
    return Boolean.TRUE.equals(value(values, field));
  }

  public long number(Object[] values, String field, long ifMissing) {
    Object value = value(values, field);
    if (value instanceof IQuantity quantity) {
      return nanosOrNumber(quantity);
    }
    if (value instanceof String text) {
      return number(text, ifMissing);
    }
    return value instanceof Number number ? number.longValue() : ifMissing;
  }

  // Once it has loaded a recording, Mission Control gives process ids as text.
  private static long number(String text, long ifNone) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return ifNone;
    }
  }

  /**
   * The length of what began at a time. Only in a damaged file would it end before it began, or
   * after the last time that there is.
   */
  public static long length(long start, long duration) {
    return Math.max(0, Math.min(duration, Long.MAX_VALUE - Math.max(0, start)));
  }

  /** A sink that gets each event at another time. */
  public IEventSink moving(IEventSink sink, long offsetNs) {
    Integer at = index.get("startTime");
    return values -> {
      if (at != null && values[at] instanceof IQuantity start) {
        values[at] = UnitLookup.EPOCH_NS.quantity(nanosOrNumber(start) + offsetNs);
      }
      sink.addEvent(values);
    };
  }

  /** The event's own fields that have a value, without the parser's types. */
  public Map<String, Object> plain(Object[] values) {
    Map<String, Object> plain = new LinkedHashMap<>();
    index.forEach((field, at) -> {
      Object value = COMMON.contains(field) ? null : plain(values[at]);
      if (value != null) {
        plain.put(field, value);
      }
    });
    return plain;
  }

  private static Object plain(Object value) {
    if (value instanceof IQuantity quantity) {
      Number number = quantity.numberValue();
      return number instanceof Double || number instanceof Float
          ? (Object) number.doubleValue()
          : (Object) nanosOrNumber(quantity);
    }
    if (value instanceof IMCThread thread) {
      return thread.getThreadName();
    }
    if (value instanceof IMCType type) {
      return name(type);
    }
    if (value instanceof Double || value instanceof Float) {
      return ((Number) value).doubleValue();
    }
    if (value instanceof Number number) {
      return number.longValue();
    }
    return value instanceof String || value instanceof Boolean ? value : null;
  }

  // The parser's class of types takes it for granted that there is a name.
  static String name(IMCType type) {
    try {
      return type.getFullName();
    } catch (NullPointerException e) {
      return null;
    }
  }

  // The parser turns every int into a quantity, and leaves a long without a unit as it is.
  private static long nanosOrNumber(IQuantity quantity) {
    IUnit unit = quantity.getUnit();
    if (unit == UnitLookup.EPOCH_NS || unit == UnitLookup.NANOSECOND) {
      return quantity.longValue(); // as nearly all are: the parser's conversion takes long
    }
    if (quantity.getType() == UnitLookup.TIMESPAN) {
      return quantity.clampedLongValueIn(UnitLookup.NANOSECOND);
    }
    if (quantity.getType() == UnitLookup.TIMESTAMP) {
      return quantity.clampedLongValueIn(UnitLookup.EPOCH_NS);
    }
    return quantity.longValue();
  }
}
