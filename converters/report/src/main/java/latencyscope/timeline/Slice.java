package latencyscope.timeline;

import java.util.Map;
import latencyscope.recording.thread.ThreadId;

/**
 * One event on a timeline.
 *
 * @param lane where it belongs
 * @param thread the thread that it happened to, which may not be its lane's; null if none
 * @param cpu the CPU on which it happened; -1 if the event does not say
 * @param module module that measured it; {@code jvm} for events of the JVM and of programs
 * @param type what it is, for people, such as {@code Run Queue Wait}
 * @param name what it is in particular, such as {@code behind kworker/4:0}
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds; 0 for an instant
 * @param exemplar whether it was below its threshold, and is there only as one of the longest
 * @param details the event's own fields
 */
public record Slice(
    Lane lane,
    ThreadId thread,
    int cpu,
    String module,
    String type,
    String name,
    long start,
    long duration,
    boolean exemplar,
    Map<String, Object> details) {
  /** Module of events that are not the kernel's. */
  public static final String JVM = "jvm";

  /** What {@link #type} is for one of our event types. */
  public static String label(String type) {
    return EventKind.words(type);
  }

  /** End, nanoseconds since the epoch. */
  public long end() {
    return start + duration;
  }
}
