package latencyscope.jfr.isolation;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread was moved to another CPU. An instant: it has no duration.
 *
 * <p>Source: {@code sched_migrate_task}. {@link #cpu} is the CPU that it left.
 */
@Name("latencyscope.Migration")
@Label("Migration")
@Description("Thread was moved to another CPU")
@Category({"LatencyScope", "isolation"})
@Occurrence(noun = "migration")
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class Migration extends KernelEvent {
  /** CPU to which the thread was moved. */
  @Label("To CPU")
  @Description("Logical CPU to which the thread was moved")
  @PageColumn(5)
  public int toCpu;

  /**
   * {@code wake} (placed at a wakeup), {@code balance} (pulled or pushed by the load balancer),
   * {@code affinity} (its CPU mask changed), {@code numa} or {@code exec}.
   */
  @Label("Cause")
  @Description("wake, balance, affinity, numa or exec")
  @Particular
  @PageColumn(value = 6, width = 90)
  public String cause;

  /**
   * What made the move: {@code task}, {@code softirq} (the load balancer, or a packet that woke the
   * thread), {@code hardirq} or {@code nmi}; {@code unknown} if the kernel does not show it.
   */
  @Label("By Context")
  @Description("What made the move: task, softirq, hardirq, nmi, or unknown")
  public String byContext;

  /** Kernel name of the task that made the move; null if an interrupt did. */
  @Label("By")
  @Description("Task that made the move; none if an interrupt did")
  @Culprit
  @PageColumn(value = 7, width = 130)
  public String by;

  /** Thread id of that task in the initial pid namespace; 0 if an interrupt made the move. */
  @Label("By Thread Id")
  public long byTid;

  /** True if it was on CPUs that the capture is not limited to: it is followed, and not judged. */
  @Label("Outside")
  @Description("True if it was outside the CPUs of the capture: followed, and not judged")
  public boolean outside;

  /** Creates an empty event. */
  public Migration() {}

  @Override
  public boolean isOutside() {
    return outside;
  }
}
