package latencyscope.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;

/**
 * A thread was moved to another CPU. An instant: it has no duration.
 *
 * <p>Source: {@code sched_migrate_task}. {@link #cpu} is the CPU that it left.
 */
@Name("latencyscope.Migration")
@Label("Migration")
@Description("Thread was moved to another CPU")
@Category({"LatencyScope", "isolation"})
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class Migration extends KernelEvent {
  /** CPU to which the thread was moved. */
  @Label("To CPU")
  @Description("Logical CPU to which the thread was moved")
  public int toCpu;

  /**
   * {@code wake} (placed at a wakeup), {@code balance} (pulled or pushed by the load balancer),
   * {@code affinity} (its CPU mask changed), {@code numa} or {@code exec}.
   */
  @Label("Cause")
  @Description("wake, balance, affinity, numa or exec")
  public String cause;

  /** Kernel name of the task in whose context the move was made. */
  @Label("By")
  @Description("Task in whose context the move was made")
  public String by;

  /** Thread id of that task in the initial pid namespace. */
  @Label("By Thread Id")
  public long byTid;

  /** Creates an empty event. */
  public Migration() {}
}
