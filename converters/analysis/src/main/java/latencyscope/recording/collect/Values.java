package latencyscope.recording.collect;

import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.TextField;
import latencyscope.proc.CpuSet;
import latencyscope.recording.event.EventType;

/** Reads what several kinds of event have in common. */
final class Values {
  private Values() {}

  static long start(EventType type, Object[] values) {
    return type.number(values, "startTime", 0);
  }

  static long length(EventType type, Object[] values) {
    return EventType.length(start(type, values), type.number(values, "duration", 0));
  }

  static long osThreadId(EventType type, Object[] values) {
    return type.number(values, EventFields.OS_THREAD_ID, 0);
  }

  static CpuSet cpus(EventType type, Object[] values, TextField field) {
    return CpuSet.parse(type.text(values, field));
  }

  static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
