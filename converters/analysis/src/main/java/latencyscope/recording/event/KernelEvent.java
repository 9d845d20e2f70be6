package latencyscope.recording.event;

import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.FlagField;
import latencyscope.jfr.schema.NumberField;
import latencyscope.jfr.schema.TextField;
import latencyscope.recording.thread.ThreadId;

/**
 * One event of a thread that the kernel measured, of any {@code latencyscope.*} type.
 *
 * <p>A view that is reused for the next event: copy what is to be kept. Not safe for use by several
 * threads.
 */
public final class KernelEvent {
  private final EventType type;
  private Object[] values;
  private ThreadId thread;
  private long start;
  private long duration;

  public KernelEvent(EventType type) {
    this.type = type;
  }

  public KernelEvent set(Object[] newValues, ThreadId affected) {
    values = newValues;
    thread = affected;
    // Each of a dozen consumers asks for them.
    start = number(EventFields.KERNEL_START);
    duration = EventType.length(start, number(EventFields.KERNEL_DURATION));
    return this;
  }

  /** Name of the type without its package, such as {@code RunQueueWait}. */
  public String type() {
    return type.simpleName();
  }

  /** The same as recordings have it, such as {@code latencyscope.RunQueueWait}. */
  public String fullType() {
    return type.name();
  }

  /** Module that measured it, such as {@code isolation}. */
  public String module() {
    return type.module();
  }

  /** The affected thread. */
  public ThreadId thread() {
    return thread;
  }

  /** Begin, nanoseconds since the epoch. */
  public long start() {
    return start;
  }

  /** Length in nanoseconds; 0 for an instant. */
  public long duration() {
    return duration;
  }

  /** CPU on which it happened; -1 if the type does not say. */
  public int cpu() {
    return (int) number(EventFields.CPU, -1);
  }

  /** A text field; null if it is missing or has no value. */
  public String text(TextField field) {
    return type.text(values, field.name());
  }

  /** Where in the program the thread was; nowhere if the event does not say. */
  public CodeStack stack() {
    return CodeStack.of(text(EventFields.STACK));
  }

  /** The first of some fields that has a value, as text; null if none has. */
  public String first(List<EventField> fields) {
    for (EventField field : fields) {
      String text = type.text(values, field.name());
      if (text != null && !text.isEmpty()) {
        return text;
      }
      long number = field instanceof NumberField numeric ? number(numeric) : 0;
      if (number != 0) {
        return field.name() + " " + number;
      }
    }
    return null;
  }

  /** A numeric field, times in nanoseconds; 0 if the recording's type does not have it. */
  public long number(NumberField field) {
    return number(field, 0);
  }

  /** A numeric field, times in nanoseconds. */
  public long number(NumberField field, long ifMissing) {
    return type.number(values, field.name(), ifMissing);
  }

  /** A boolean field; false if the recording's type does not have it. */
  public boolean flag(FlagField field) {
    return type.flag(values, field.name());
  }

  /** Whether events of this type say where they were: threads are followed on every CPU. */
  public boolean followsThreads() {
    return type.has(EventFields.OUTSIDE);
  }

  /** Whether it was on a CPU that the capture leaves out: it is no matter of judgement. */
  public boolean isOutside() {
    return flag(EventFields.OUTSIDE);
  }

  /**
   * The fields that only this type has, those without a value left out: {@link String}, {@link
   * Long} (times in nanoseconds), {@link Double} or {@link Boolean}, in the order of the type. A
   * new map.
   */
  public Map<String, Object> fields() {
    return type.plain(values);
  }
}
