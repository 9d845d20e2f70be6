package latencyscope.recording.event;

import java.util.Map;
import java.util.Set;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;

/**
 * One event that the JVM itself or a program in it recorded: {@code jdk.*}, or an engine's own.
 *
 * <p>A view that is reused for the next event: copy what is to be kept. Not safe for use by several
 * threads.
 */
public final class JvmEvent {
  private final EventType type;
  private final String label;
  private final Set<String> contextual;
  private Object[] values;
  private ThreadId thread;

  public JvmEvent(EventType type, String label) {
    this(type, label, Set.of());
  }

  /**
   * @param contextual the type's fields that have the annotation {@code jdk.jfr.Contextual}
   */
  public JvmEvent(EventType type, String label, Set<String> contextual) {
    this.type = type;
    this.label = label;
    this.contextual = contextual;
  }

  public JvmEvent set(Object[] newValues, ThreadId recorded) {
    values = newValues;
    thread = recorded;
    return this;
  }

  /** Full name of the type, such as {@code jdk.ThreadPark}. */
  public String type() {
    return type.name();
  }

  /** What the recording calls the type for people, such as {@code Java Thread Park}. */
  public String label() {
    return label == null || label.isEmpty() ? type.name() : label;
  }

  /** The thread that recorded it; null if the type has none. */
  public ThreadId thread() {
    return thread;
  }

  /** A thread that a separate field names; null if it is missing or has no value. */
  public ThreadId thread(String field) {
    ParserThread named = ParserThread.of(type.value(values, field));
    return named == null ? null : new ThreadId(named.osTid(), named.name(), named.javaId());
  }

  /** Begin, nanoseconds since the epoch. */
  public long start() {
    return number("startTime");
  }

  /** Length in nanoseconds; 0 for an instant. */
  public long duration() {
    return EventType.length(start(), number("duration"));
  }

  /** Whether the type has a duration, so that 0 is one. */
  public boolean hasDuration() {
    return type.has("duration");
  }

  /** A text field; null if it is missing or has no value. */
  public String text(String field) {
    return type.text(values, field);
  }

  /** A numeric field, times in nanoseconds; 0 if the recording's type does not have it. */
  public long number(String field) {
    return type.number(values, field, 0);
  }

  /** A boolean field; false if the recording's type does not have it. */
  public boolean flag(String field) {
    return type.flag(values, field);
  }

  /** Where in the program it was recorded. */
  public CodeStack stack() {
    return CodeStack.of(type.value(values, "stackTrace"));
  }

  /** The event's own fields; see {@link KernelEvent#fields}. */
  public Map<String, Object> fields() {
    return type.plain(values);
  }

  /** Those of its fields that tell what other events of its thread belong to. */
  public Map<String, Object> context() {
    if (contextual.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> context = fields();
    context.keySet().retainAll(contextual);
    return context;
  }
}
