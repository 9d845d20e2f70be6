package latencyscope.jfr.isolation;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * One stretch of a {@code RunQueueWait} in which several tasks ran: who had the CPU, and for how
 * long. The stretches of a wait follow each other without gaps, back from its end for as long as
 * the log of runs reaches. {@link #kernelStart} and {@link #kernelDuration} are the stretch's.
 *
 * <p>Has no duration of the flight recorder, because it would be measured against a threshold: a
 * wait has all of its shares or none. A process other than the target is one culprit: what its
 * threads ran one after the other is one stretch, under the first one's name.
 *
 * <p>Source: {@code sched_switch}.
 */
@Name("latencyscope.WaitShare")
@Label("Wait Share")
@Description("Task ran while a thread waited for the CPU")
@Category({"LatencyScope", "isolation"})
@Occurrence(noun = "share")
@Page("shares")
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class WaitShare extends KernelEvent {
  /** {@code wakeup} or {@code preempted}: how the wait began. */
  @Label("Kind")
  @Description("How the wait began: wakeup, or preempted")
  @Particular(1)
  @PageColumn(value = 1, width = 90)
  public String kind;

  /** Kernel name of the task that ran; null if the CPU was idle. */
  @Label("Culprit")
  @Description("Task that ran; none if the CPU was idle")
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

  /** Nanoseconds that the culprit ran in all of this wait, in one or several stretches. */
  @Label("Culprit Held")
  @Description("How long the culprit ran during this wait, in all of its stretches")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(4)
  public long culpritHeld;

  /** Whether this is the culprit's last stretch in this wait: one for each culprit and wait. */
  @Label("Last")
  @Description("Whether this is the culprit's last stretch in this wait")
  public boolean last;

  /** Nanoseconds from the begin of the wait to the begin of this stretch. */
  @Label("Offset")
  @Description("Time from the begin of the wait")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(value = 5, width = 100)
  public long offset;

  /** Length of the wait. */
  @Label("Waited")
  @Description("Length of the wait that this is a share of")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(value = 6, width = 100)
  public long waited;

  /** True if it was on CPUs that the capture is not limited to: it is followed, and not judged. */
  @Label("Outside")
  @Description("True if it was outside the CPUs of the capture: followed, and not judged")
  public boolean outside;

  /** Creates an empty event. */
  public WaitShare() {}

  @Override
  public boolean isOutside() {
    return outside;
  }
}
