package latencyscope.recording;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a {@code latencyscope.Exemplar}, which stands for an event of another type, as an event of
 * that type.
 */
final class Exemplar extends EventType {
  static final String TYPE = PREFIX + "Exemplar";

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
  static KernelEvent event(EventType type, Object[] values, ThreadId thread) {
    String name = type.text(values, "type");
    String details = type.text(values, "details");
    String module = type.text(values, "module");
    Exemplar inner =
        new Exemplar(
            name == null ? "" : name,
            module == null ? "capture" : module,
            details == null ? "" : details);
    for (String field : new String[] {"kernelStart", "kernelDuration", "cpu"}) {
      inner.details.put(field, Long.toString(type.number(values, field, 0)));
    }
    return new KernelEvent(inner).set(values, thread);
  }

  @Override
  Object value(Object[] values, String field) {
    return details.get(field);
  }

  @Override
  Map<String, Object> plain(Object[] values) {
    Map<String, Object> plain = new LinkedHashMap<>(details);
    plain.keySet().removeAll(COMMON);
    return plain;
  }

  @Override
  boolean flag(Object[] values, String field) {
    return Boolean.parseBoolean(details.get(field));
  }

  @Override
  long number(Object[] values, String field, long ifMissing) {
    try {
      String number = details.get(field);
      return number == null ? ifMissing : Long.parseLong(number);
    } catch (NumberFormatException e) {
      return ifMissing;
    }
  }
}
