package latencyscope.trace;

import java.io.IOException;
import java.util.Map;

/**
 * A trace in some format, written from begin to end. Times are nanoseconds on the trace's clock. In
 * no order of time, except what is said of {@link #switched} and {@link #waking}. Not safe for use
 * by several threads.
 */
public interface TraceOutput {
  /** Describes a row, before anything is on it. */
  void track(Track track) throws IOException;

  /**
   * Puts a slice on a row; slices of a row do not overlap.
   *
   * @param duration 0 for an instant
   * @param category module that it comes from
   * @param details texts, longs, doubles and booleans
   * @param flow where an arrow begins or ends
   */
  void slice(
      Track track,
      long start,
      long duration,
      String name,
      String category,
      Map<String, Object> details,
      Flow flow)
      throws IOException;

  /** Puts a value on a row of numbers. */
  void counter(Track track, long time, long value) throws IOException;

  /** A switch of tasks on a CPU; those of a CPU come in the order of time. */
  void switched(SchedSwitch change) throws IOException;

  /** A wakeup; those of a CPU come in the order of time, among its switches. */
  void waking(SchedWaking waking) throws IOException;

  /** Ends the trace; the stream stays open. */
  void finish() throws IOException;

  /**
   * An end of an arrow between two slices.
   *
   * @param id number that both ends share, from 1; 0 for no arrow
   * @param last whether the arrow ends here
   */
  record Flow(long id, boolean last) {
    /** No arrow. */
    public static final Flow NONE = new Flow(0, false);
  }

  /**
   * A CPU went from one task to another.
   *
   * @param prev task that left; 0 is the idle task
   * @param prevState state in which it left, as tracepoint {@code sched_switch} writes it since
   *     Linux 4.14
   * @param next task that came in; 0 is the idle task
   */
  record SchedSwitch(
      int cpu,
      long time,
      int prev,
      String prevComm,
      long prevState,
      int next,
      String nextComm,
      int nextPriority) {}

  /**
   * A task woke another one.
   *
   * @param cpu CPU on which the woken one ran next
   * @param waker task that woke it; 0 if it was an interrupt on an idle CPU, or is not known
   */
  record SchedWaking(int cpu, long time, int waker, int woken, String comm) {}
}
