package latencyscope.jfr.syscall;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread slept in a system call that waits for nothing but the time: nanosleep, clock_nanosleep,
 * or poll and select without a descriptor. {@code Thread.sleep} does not: see {@link FutexWait}.
 *
 * <p>Source: {@code sys_enter} and {@code sys_exit} tracepoints; it slept if the kernel counted a
 * voluntary switch ({@code nvcsw}) in between. {@link #cpu} is the CPU on which the call was made.
 */
@Name("latencyscope.Sleep")
@Label("Sleep")
@Description("Thread slept in a system call that waits for the time alone")
@Category({"LatencyScope", "syscall"})
@Threshold("1 us")
@Occurrence(noun = "sleep", ledgerCause = "syscall")
@RemoveFields({"eventThread", "stackTrace"})
public final class Sleep extends KernelEvent {
  /** Name of the system call, such as {@code clock_nanosleep}. */
  @Label("Call")
  @Description("Name of the system call")
  @Particular
  public String call;

  /** {@code completed}, {@code interrupted} by a signal, or {@code failed}. */
  @Label("Outcome")
  @Description("completed, interrupted by a signal, or failed")
  public String outcome;

  /**
   * Nanoseconds to sleep; {@link Long#MIN_VALUE} if it was until a time of a clock other than
   * CLOCK_MONOTONIC, which a program of the kernel cannot read.
   */
  @Label("Asked")
  @Description("Time to sleep")
  @Timespan(Timespan.NANOSECONDS)
  @NoValue(Long.MIN_VALUE)
  public long asked;

  /** Nanoseconds beyond that; 0 if the sleep was not completed. */
  @Label("Overslept")
  @Description("Time slept beyond what was asked for")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(value = 8, width = 100)
  public long overslept;

  /** Nanoseconds in which the thread was runnable, by the scheduler's own account. */
  @Label("Of Which Runnable")
  @Description("Part in which the thread waited for a CPU, by the scheduler's own account")
  @Timespan(Timespan.NANOSECONDS)
  public long runDelay;

  /**
   * Where in the program the thread was, see {@link latencyscope.jfr.StackText}; null if unknown.
   */
  @Label("Stack")
  @Description("Frames of the program, the innermost first; \u2026 where they could not be found")
  public String stack;

  /** Creates an empty event. */
  public Sleep() {}
}
