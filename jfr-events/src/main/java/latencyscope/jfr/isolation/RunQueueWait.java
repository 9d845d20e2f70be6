package latencyscope.jfr.isolation;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread was runnable and had no CPU: from wakeup, or from being preempted, until it ran.
 *
 * <p>Source: {@code sched_wakeup}, {@code sched_wakeup_new} and {@code sched_switch} tracepoints.
 * {@link #cpu} is the CPU on which the thread ran in the end.
 */
@Name("latencyscope.RunQueueWait")
@Label("Run Queue Wait")
@Description("Thread was runnable but did not run")
@Category({"LatencyScope", "isolation"})
@Threshold("1 us")
@Occurrence(noun = "wait", trigger = "runqueue", latency = true)
@Page(overview = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class RunQueueWait extends KernelEvent {
  /** {@code wakeup}, or {@code preempted} for a thread that was running and lost its CPU. */
  @Label("Kind")
  @Description("How the wait began: wakeup, or preempted")
  @Particular(1)
  @PageColumn(value = 1, width = 90)
  public String kind;

  /**
   * Kernel name of the task that held the CPU for most of the wait; null if the CPU was idle, or if
   * that is not known: then {@link #culpritHeld} is 0.
   */
  @Label("Culprit")
  @Description("Task that held the CPU for most of the wait; none if the CPU was idle")
  @Culprit
  @Particular
  @PageColumn(value = 2, width = 160)
  public String culprit;

  /** Thread id of the culprit in the initial pid namespace; 0 if the CPU was idle. */
  @Label("Culprit Thread Id")
  public long culpritTid;

  /** Process id of the culprit in the initial pid namespace; 0 if the CPU was idle. */
  @Label("Culprit Process Id")
  @PageColumn(3)
  public long culpritPid;

  /** Work function of a culprit that is a workqueue's kernel thread, else null. */
  @Label("Culprit Work")
  @Description("Work function that the culprit ran, if it is a kworker")
  public String culpritWork;

  /** Kernel priority of the culprit: below 100 real time, 100 to 139 normal. */
  @Label("Culprit Priority")
  @Description("Kernel priority: 0 to 99 real time, 100 to 139 normal (120 is nice 0)")
  public int culpritPriority;

  /** Nanoseconds of this wait during which the culprit, or the idle task, ran; 0: not known. */
  @Label("Culprit Held")
  @Description("How long the culprit ran during this wait")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(4)
  public long culpritHeld;

  /**
   * Nanoseconds at the end of this wait for which it is known who ran: less than the wait if so
   * many switches happened meanwhile that the log of runs did not reach back to its begin.
   */
  @Label("Accounted For")
  @Description("Part of the wait for which it is known who ran, counted back from its end")
  @Timespan(Timespan.NANOSECONDS)
  public long accounted;

  /**
   * Nanoseconds of this wait during which the thread's control group had used up its CPU quota; -1
   * if that is not known: before Linux 6.6 (677ea015f231), or if the thread was moved to another
   * CPU meanwhile.
   */
  @Label("Throttled")
  @Description("Part of the wait that the CPU quota of the thread's control group took")
  @Timespan(Timespan.NANOSECONDS)
  @NoValue
  public long throttled;

  /**
   * Number of {@code WaitShare} events that say who ran when during this wait; 0 if the culprit ran
   * for all of the time that is accounted for, or if they were not sent: of the longest waits below
   * the threshold, where {@code WaitShare} is not enabled, and beyond 2,000 a second and CPU.
   */
  @Label("Shares")
  @Description("Number of Wait Share events of this wait")
  public int shares;

  /**
   * Number of different tasks that ran on the CPU during the wait, as far back as was kept; a
   * process other than the target counts as one.
   */
  @Label("Tasks in Between")
  @Description("Different tasks that ran on this CPU during the wait")
  public int tasksBetween;

  /** Kernel priority of the waiting thread. */
  @Label("Priority")
  @Description("Kernel priority: 0 to 99 real time, 100 to 139 normal (120 is nice 0)")
  public int priority;

  /** True if it was on CPUs that the capture is not limited to: it is followed, and not judged. */
  @Label("Outside")
  @Description("True if it was outside the CPUs of the capture: followed, and not judged")
  public boolean outside;

  /** Creates an empty event. */
  public RunQueueWait() {}

  @Override
  public boolean isOutside() {
    return outside;
  }
}
