package latencyscope.recording.fact;

/**
 * From a time on the capture kept only longer events of a type, because it had cost too much.
 *
 * @param eventType name without its package; empty for all types
 * @param time nanoseconds since the epoch
 * @param length shorter events are not kept, nanoseconds; 0 if the type's own threshold holds again
 */
public record Floor(String eventType, long time, long length) {
  /** Whether it speaks of a type. */
  public boolean concerns(String type) {
    return eventType.isEmpty() || eventType.equals(type);
  }
}
