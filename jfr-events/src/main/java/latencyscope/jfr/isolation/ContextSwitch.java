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
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread was off its CPU: from the switch that took it off until the switch that brought it back.
 *
 * <p>Source: {@code sched_switch}. {@link #cpu} is the CPU that it left.
 */
@Name("latencyscope.ContextSwitch")
@Label("Context Switch")
@Description("Thread was off its CPU")
@Category({"LatencyScope", "isolation"})
@Threshold("1 us")
@Occurrence(noun = "context switch", plural = "context switches")
@Page("offcpu")
@RemoveFields({"eventThread", "stackTrace"})
public final class ContextSwitch extends KernelEvent {
  /** True if the thread gave up the CPU by blocking, by the kernel's own count. */
  @Label("Voluntary")
  @Description("True if the thread blocked, false if it was preempted or yielded")
  @PageColumn(1)
  public boolean voluntary;

  /** {@code running}, {@code sleeping}, {@code disk}, {@code stopped} and so on. */
  @Label("State")
  @Description("State in which the thread left: running if it was preempted")
  @Particular
  public String state;

  /** Kernel name of the task that came in; null if the CPU went idle. */
  @Label("Next")
  @Description("Task that came in; none if the CPU went idle")
  @Culprit
  @PageColumn(value = 2, width = 150)
  public String next;

  /** Thread id of the task that came in, in the initial pid namespace; 0 is idle. */
  @Label("Next Thread Id")
  public long nextTid;

  /** Process id of the task that came in, in the initial pid namespace; 0 is idle. */
  @Label("Next Process Id")
  @PageColumn(3)
  public long nextPid;

  /** Kernel priority of the task that came in. */
  @Label("Next Priority")
  @Description("Kernel priority: 0 to 99 real time, 100 to 139 normal (120 is nice 0)")
  public int nextPriority;

  /** CPU on which the thread came back. */
  @Label("Return CPU")
  @Description("Logical CPU on which the thread ran again")
  @PageColumn(4)
  public int returnCpu;

  /** Nanoseconds, at the end of the interval, in which the thread was runnable but waited. */
  @Label("Of Which Waiting")
  @Description("Part of the interval in which the thread was runnable")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(5)
  public long waited;

  /**
   * What woke the thread: {@code task}, {@code softirq}, {@code hardirq} or {@code nmi}; {@code
   * none} if it was preempted; {@code unknown} if the wakeup was not traced, or if the kernel does
   * not show it. A softirq that a thread raised itself, as a send through the loopback device does,
   * is that thread's own act: {@code task}.
   */
  @Label("Waker Context")
  @Description("What woke the thread: task, softirq, hardirq, nmi, none, or unknown")
  public String wakerContext;

  /**
   * Kernel name of the task that woke the thread; null if an interrupt did, or nobody. Where {@link
   * #wakerContext} is {@code unknown}, an interrupt may have come while this task ran.
   */
  @Label("Waker")
  @Description("Task that woke the thread; none if an interrupt woke it")
  @Culprit(1)
  @PageColumn(value = 6, width = 150)
  public String waker;

  /** Thread id of the waker in the initial pid namespace; 0 if there is none. */
  @Label("Waker Thread Id")
  public long wakerTid;

  /** True if it was on CPUs that the capture is not limited to: it is followed, and not judged. */
  @Label("Outside")
  @Description("True if it was outside the CPUs of the capture: followed, and not judged")
  public boolean outside;

  /** Creates an empty event. */
  public ContextSwitch() {}

  @Override
  public boolean isOutside() {
    return outside;
  }
}
