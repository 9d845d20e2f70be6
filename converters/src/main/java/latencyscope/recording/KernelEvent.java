package latencyscope.recording;

import java.util.Map;

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

  KernelEvent(EventType type) {
    this.type = type;
  }

  KernelEvent set(Object[] newValues, ThreadId affected) {
    values = newValues;
    thread = affected;
    return this;
  }

  /** Name of the type without its package, such as {@code RunQueueWait}. */
  public String type() {
    return type.simpleName();
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
    return number("kernelStart");
  }

  /** Length in nanoseconds; 0 for an instant. */
  public long duration() {
    return EventType.length(start(), number("kernelDuration"));
  }

  /** CPU on which it happened; -1 if the type does not say. */
  public int cpu() {
    return (int) number("cpu", -1);
  }

  /** A text field; null if it is missing or has no value. */
  public String text(String field) {
    return type.text(values, field);
  }

  /** A numeric field, times in nanoseconds; 0 if the recording's type does not have it. */
  public long number(String field) {
    return number(field, 0);
  }

  /** A numeric field, times in nanoseconds. */
  public long number(String field, long ifMissing) {
    return type.number(values, field, ifMissing);
  }

  /** A boolean field; false if the recording's type does not have it. */
  public boolean flag(String field) {
    return type.flag(values, field);
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
