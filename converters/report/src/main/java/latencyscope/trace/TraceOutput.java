package latencyscope.trace;

import java.io.IOException;
import java.util.Map;

/**
 * A trace in some format, written from begin to end. Times are nanoseconds on the trace's clock. In
 * no order of time, except what is said of {@link #switched} and {@link #waking}. Not safe for use
 * by several threads.
 */
public interface TraceOutput {
  /** Begins the trace, before anything else. */
  void begin(Clock clock) throws IOException;

  /**
   * Names a task of another process.
   *
   * @param tid its thread id
   * @param pid its process's id; 0 if not known
   */
  void task(int tid, int pid, String name) throws IOException;

  /** Describes a row, before anything is on it. */
  void track(Track track) throws IOException;

  /**
   * Puts a slice on a row; slices of a row nest, or lie one after the other.
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

  /** An interrupt began or ended; those of a CPU come in the order of time, among its switches. */
  void interrupt(Interrupt interrupt) throws IOException;

  /** Ends the trace; the stream stays open. */
  void finish() throws IOException;

  /**
   * The trace's clock.
   *
   * @param offset what to subtract from a time since the epoch to get the trace's
   * @param monotonic whether it is CLOCK_MONOTONIC; else it counts from the first event
   * @param first begin of the first event, nanoseconds since the epoch
   */
  record Clock(long offset, boolean monotonic, long first) {}

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
   * A task of the kernel's.
   *
   * @param id its thread id; 0 is the idle task
   * @param priority the kernel's: 0 to 99 real time, 100 to 139 normal
   */
  record Task(int id, String name, int priority) {}

  /**
   * A CPU went from one task to another.
   *
   * @param prevState state in which the one left, as tracepoint {@code sched_switch} writes it
   *     since Linux 4.14
   */
  record SchedSwitch(int cpu, long time, Task prev, int prevState, Task next) {}

  /**
   * A task was woken.
   *
   * @param cpu CPU that it had left
   * @param waker task that woke it; 0 if an interrupt did, or if it is not known
   * @param flags as {@code common_flags} of the kernel's tracer; negative if not known
   * @param targetCpu CPU on which it ran next
   */
  record SchedWaking(int cpu, long time, int waker, int flags, Task woken, int targetCpu) {}

  /**
   * An end of an interrupt.
   *
   * @param soft whether it is a softirq
   * @param number of its line, or of its vector
   * @param name of its line
   * @param begins whether it began
   */
  record Interrupt(int cpu, long time, boolean soft, int number, String name, boolean begins) {}
}
