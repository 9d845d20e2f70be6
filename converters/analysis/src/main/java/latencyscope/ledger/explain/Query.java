package latencyscope.ledger.explain;

import java.util.Map;
import java.util.function.Supplier;
import latencyscope.jfr.NameGlob;
import latencyscope.proc.Role;
import latencyscope.recording.thread.ThreadId;

/**
 * What is to be explained.
 *
 * @param event name of the event type whose events are the windows, with or without its package;
 *     null to explain the given times on each thread that matches
 * @param thread glob that thread names must match; null for all
 * @param from earliest begin, nanoseconds since the epoch; {@link Long#MIN_VALUE} if not given
 * @param to latest end, nanoseconds since the epoch; {@link Long#MAX_VALUE} if not given
 * @param where globs that the event's fields must match, by field; empty for all events
 * @param top how many of the longest windows are to be explained one by one
 */
public record Query(
    String event, String thread, long from, long to, Map<String, String> where, int top) {
  /** Copies the map. */
  public Query {
    where = Map.copyOf(where);
  }

  /** One whose events' fields do not count. */
  public Query(String event, String thread, long from, long to, int top) {
    this(event, thread, from, to, Map.of(), top);
  }

  /** Explains the longest windows of an event type. */
  public static Query longest(String event, int top) {
    return new Query(event, null, Long.MIN_VALUE, Long.MAX_VALUE, top);
  }

  boolean isEvent(String type) {
    return event != null
        && (type.equals(event) || event.indexOf('.') < 0 && type.endsWith("." + event));
  }

  /** Whether an event's fields are as asked for; called only if any are. */
  boolean hasFields(Supplier<Map<String, Object>> fields) {
    if (where.isEmpty()) {
      return true;
    }
    Map<String, Object> values = fields.get();
    return where.entrySet().stream()
        .allMatch(wanted ->
            values.containsKey(wanted.getKey())
                && new NameGlob(wanted.getValue())
                    .matches(String.valueOf(values.get(wanted.getKey()))));
  }

  boolean isWithin(long start, long end) {
    return start >= from && end <= to;
  }

  /**
   * Whether a thread's time is not to be explained: LatencyScope's own, unless threads are asked
   * for by name.
   */
  boolean leavesOut(ThreadId id) {
    return thread == null && Role.of(id.name()) == Role.PROFILER;
  }

  /** Whether a thread's name matches. */
  Matcher threads() {
    if (thread == null) {
      return id -> true;
    }
    NameGlob glob = new NameGlob(thread);
    return id -> glob.matches(id.name());
  }

  /** Selects the threads. */
  interface Matcher {
    boolean matches(ThreadId thread);
  }
}
