package latencyscope.monitor;

import java.util.HashMap;
import java.util.Map;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** A model that is filled with made-up events. Times are milliseconds from its begin. */
public final class Made {
  /** 2026-11-30 10:00:00 UTC. */
  public static final long BEGIN = 1_796_032_800_000_000_000L;

  static final long MS = 1_000_000;

  /** The process that is watched. */
  public static final long PID = 4_000;

  public final LiveModel model = new LiveModel(PID);

  private static final class Type extends EventType {
    Type(String name) {
      super(PREFIX + name, "isolation");
    }

    @Override
    public Object value(Object[] values, String field) {
      return ((Map<?, ?>) values[0]).get(field);
    }
  }

  private void add(String type, long tid, String thread, Map<EventField, Object> fields) {
    Map<String, Object> named = new HashMap<>();
    fields.forEach((field, value) -> named.put(field.name(), value));
    KernelEvent event = new KernelEvent(new Type(type));
    model.add(event.set(new Object[] {named}, new ThreadId(tid, thread, 0)));
  }

  /** A wait behind another process. */
  public Made waits(long tid, String thread, double fromMs, double ms, String culprit, long pid) {
    Map<EventField, Object> fields = timed(fromMs, ms, 1);
    fields.put(EventFields.KIND, "preempted");
    fields.put(EventFields.CULPRIT, culprit);
    fields.put(EventFields.CULPRIT_TID, pid);
    fields.put(EventFields.CULPRIT_PID, pid);
    fields.put(EventFields.CULPRIT_HELD, (long) (ms * MS));
    fields.put(EventFields.ACCOUNTED, (long) (ms * MS));
    fields.put(EventFields.TASKS_BETWEEN, 1L);
    add(EventTypes.RUN_QUEUE_WAIT, tid, thread, fields);
    return this;
  }

  /** A stay off the CPU, blocked for all but the end of it. */
  public Made off(long tid, String thread, double fromMs, double ms, double waitedMs) {
    Map<EventField, Object> fields = timed(fromMs, ms, 1);
    fields.put(EventFields.STATE, "sleeping");
    fields.put(EventFields.RETURN_CPU, 1L);
    fields.put(EventFields.WAITED, (long) (waitedMs * MS));
    add(EventTypes.CONTEXT_SWITCH, tid, thread, fields);
    return this;
  }

  /** A page fault. */
  public Made faults(long tid, String thread, double fromMs, double ms) {
    Map<EventField, Object> fields = timed(fromMs, ms, 0);
    fields.put(EventFields.KIND, "major");
    fields.put(EventFields.FILE, "/data/prices.db");
    add(EventTypes.PAGE_FAULT, tid, thread, fields);
    return this;
  }

  /** A softirq. */
  public Made softirq(long tid, String thread, double fromMs, double ms) {
    Map<EventField, Object> fields = timed(fromMs, ms, 0);
    fields.put(EventFields.VECTOR, "NET_RX");
    add(EventTypes.SOFT_IRQ, tid, thread, fields);
    return this;
  }

  private static Map<EventField, Object> timed(double fromMs, double ms, long cpu) {
    Map<EventField, Object> fields = new HashMap<>();
    fields.put(EventFields.KERNEL_START, BEGIN + (long) (fromMs * MS));
    fields.put(EventFields.KERNEL_DURATION, (long) (ms * MS));
    fields.put(EventFields.CPU, cpu);
    return fields;
  }

  /** Has all events until a time be taken. */
  public Made complete(double ms) {
    model.complete(BEGIN + (long) (ms * MS));
    return this;
  }

  /** What is shown of a window. */
  public Snapshot shown(int seconds) {
    return model.snapshot(new View(seconds, View.Order.LOST, 0));
  }
}
