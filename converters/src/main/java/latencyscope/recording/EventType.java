package latencyscope.recording;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * One event type of a recording: its name, its module, and where in a value array each field is.
 */
final class EventType {
  static final String PREFIX = "latencyscope.";

  private final String name;
  private final String module;
  private final Map<String, Integer> index = new HashMap<>();

  /**
   * @param category path whose second element is the module, as in {@code LatencyScope/isolation}
   */
  EventType(String name, String[] category, List<ValueField> fields) {
    this.name = name;
    this.module = category != null && category.length > 1 ? category[1] : "capture";
    for (int i = 0; i < fields.size(); i++) {
      index.put(fields.get(i).getIdentifier(), i); // of two eventThread fields the last is ours
    }
  }

  String name() {
    return name;
  }

  String module() {
    return module;
  }

  String simpleName() {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  boolean has(String field) {
    return index.containsKey(field);
  }

  Object value(Object[] values, String field) {
    Integer at = index.get(field);
    return at == null ? null : values[at];
  }

  String text(Object[] values, String field) {
    return value(values, field) instanceof String text ? text : null;
  }

  boolean flag(Object[] values, String field) {
    return Boolean.TRUE.equals(value(values, field));
  }

  long number(Object[] values, String field, long ifMissing) {
    Object value = value(values, field);
    if (value instanceof IQuantity quantity) {
      return nanosOrNumber(quantity);
    }
    return value instanceof Number number ? number.longValue() : ifMissing;
  }

  // The parser turns every int into a quantity, and leaves a long without a unit as it is.
  private static long nanosOrNumber(IQuantity quantity) {
    if (quantity.getType() == UnitLookup.TIMESPAN) {
      return quantity.clampedLongValueIn(UnitLookup.NANOSECOND);
    }
    if (quantity.getType() == UnitLookup.TIMESTAMP) {
      return quantity.clampedLongValueIn(UnitLookup.EPOCH_NS);
    }
    return quantity.longValue();
  }
}
