package latencyscope.jmc;

import java.util.List;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventField;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** Where the fields of a type are, and what is in them. */
final class Fields {
  /** What all our types' names begin with. */
  static final String OURS = EventDescription.PREFIX;

  private Fields() {}

  /** Index of the first field of that name; -1 if there is none. */
  static int indexOf(String field, List<ValueField> fields) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getIdentifier().equals(field)) {
        return i;
      }
    }
    return -1;
  }

  /** Index of the first field of ours of that name; -1 if there is none. */
  static int indexOf(EventField field, List<ValueField> fields) {
    return indexOf(field.name(), fields);
  }

  /** A number without its unit; 0 if there is no such field, or no number in it. */
  static long number(Object[] values, int at) {
    Object value = at < 0 ? null : values[at];
    if (value instanceof IQuantity quantity) {
      return quantity.getType() == UnitLookup.TIMESPAN
          ? quantity.clampedLongValueIn(UnitLookup.NANOSECOND)
          : quantity.longValue();
    }
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** A text; null if there is no such field, or no text in it. */
  static String text(Object[] values, int at) {
    return at >= 0 && values[at] instanceof String text ? text : null;
  }
}
