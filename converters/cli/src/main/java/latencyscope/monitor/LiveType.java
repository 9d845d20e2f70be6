package latencyscope.monitor;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** An event type of a stream, read as one of a file. Not safe for use by several threads. */
final class LiveType extends EventType {
  private static final long SECOND = 1_000_000_000;

  private final Set<String> fields = new HashSet<>();
  private final Map<String, Object> read = new HashMap<>();
  private final KernelEvent view = new KernelEvent(this);

  LiveType(jdk.jfr.EventType type) {
    super(type.getName(), Schema.module(type));
    for (ValueDescriptor field : type.getFields()) {
      fields.add(field.getName());
    }
  }

  /** The event as readers of files see it, until the next call. */
  KernelEvent view(RecordedEvent event) {
    read.clear();
    Object[] values = {event, read};
    long id = number(values, EventFields.OS_THREAD_ID, 0);
    return view.set(values, new ThreadId(id, text(values, EventFields.THREAD), 0));
  }

  @Override
  public boolean has(String field) {
    return fields.contains(field);
  }

  // A field is asked for several times, and each time the recorder looks for its name in a list.
  @Override
  public Object value(Object[] values, String field) {
    if (!fields.contains(field)) {
      return null;
    }
    RecordedEvent event = (RecordedEvent) values[0];
    if (values.length == 1) {
      return value(event, field);
    }
    Object known = read.get(field);
    if (known == null) {
      known = value(event, field);
      read.put(field, known);
    }
    return known;
  }

  private static Object value(RecordedEvent event, String field) {
    // The only one that is in the recorder's ticks.
    return field.equals(EventFields.KERNEL_START.name())
        ? (Object) nanos(event.getInstant(field))
        : event.getValue(field);
  }

  static long nanos(Instant time) {
    return time.getEpochSecond() * SECOND + time.getNano();
  }
}
