import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.DataAmount;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Percentage;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/** The columns that events add to their page. */
final class Columns {
  /** What a letter of a header takes at most, and what is beside it, in pixels. */
  private static final int LETTER = 8;

  private static final int BESIDE = 24;

  /** What the name of a task or a file takes. */
  private static final int NAME = 150;

  private Columns() {}

  static List<PageSpec.Column> of(PageSpec page, List<Class<?>> events) {
    Map<Integer, PageSpec.Column> columns = new TreeMap<>(page.layout().added());
    for (Class<?> event : events) {
      for (Field field : event.getDeclaredFields()) {
        PageColumn mark = field.getAnnotation(PageColumn.class);
        if (mark != null) {
          int width = mark.width() == 0 ? header(field) : mark.width();
          PageSpec.Column before = columns.put(mark.value(), new PageSpec.Column(id(field), width));
          if (before != null) {
            throw new IllegalStateException(
                "page " + page.key() + ": " + before.id() + " and " + field + " have one place");
          }
        }
      }
    }
    return columns.isEmpty() ? derived(events) : List.copyOf(columns.values());
  }

  private static List<PageSpec.Column> derived(List<Class<?>> events) {
    Map<String, PageSpec.Column> columns = new LinkedHashMap<>();
    for (Class<?> event : events) {
      for (Field field : event.getDeclaredFields()) {
        if (field.isAnnotationPresent(Culprit.class)
            || field.isAnnotationPresent(Particular.class)) {
          int width = Math.max(header(field), field.getType() == String.class ? NAME : 0);
          columns.putIfAbsent(id(field), new PageSpec.Column(id(field), width));
        }
      }
    }
    return new ArrayList<>(columns.values());
  }

  private static int header(Field field) {
    return LETTER * field.getAnnotation(Label.class).value().length() + BESIDE;
  }

  /** Mission Control's id of a column: the field and its content type. */
  private static String id(Field field) {
    return field.getName() + ":" + contentType(field);
  }

  private static String contentType(Field field) {
    Class<?> type = field.getType();
    if (type == String.class) {
      return "text";
    }
    if (type == boolean.class) {
      return "boolean";
    }
    if (field.isAnnotationPresent(Timespan.class)) {
      return "timespan";
    }
    if (field.isAnnotationPresent(Timestamp.class)) {
      return "timestamp";
    }
    if (field.isAnnotationPresent(MemoryAddress.class)) {
      return "address";
    }
    if (field.isAnnotationPresent(DataAmount.class)) {
      return "memory";
    }
    if (field.isAnnotationPresent(Percentage.class)) {
      return "percentage";
    }
    // A long without a unit is an id to Mission Control, unless Counts makes it a number.
    return type == long.class && !field.isAnnotationPresent(Count.class) ? "raw number" : "number";
  }
}
