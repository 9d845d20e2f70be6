package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;

/**
 * A thread of the target, or a task that delayed one of them, as it was when a chunk of the
 * recording ended: a remedy for it has to fit.
 *
 * <p>One event for each that was seen, until it has ended.
 */
@Name("latencyscope.TaskStatus")
@Label("Task Status")
@Description("A thread of the target, or a task that delayed one, at the end of the interval")
@Category({"LatencyScope", "capture"})
@Page("tasks")
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class TaskStatus extends Event {
  /** Its id. */
  @Label("OS Thread Id")
  @PageColumn(value = 3, width = 140)
  public long osThreadId;

  /** Its process; 0 if every process is watched and the thread had ended when it was looked at. */
  @Label("Process Id")
  public long processId;

  /** The kernel's name of it; null if it ended before it was looked at. */
  @Label("Thread Name")
  @PageColumn(value = 4, width = 150)
  public String thread;

  /**
   * CPUs on which it may run, as the kernel writes them; of an ended one those at the last look,
   * null if there was none.
   */
  @Label("Allowed CPUs")
  @Description("CPUs on which it may run; of an ended one those on which it last might")
  @PageColumn(value = 5, width = 130)
  public String allowedCpus;

  /** Whether it had ended by the end of the interval. */
  @Label("Ended")
  @PageColumn(value = 6, width = 80)
  public boolean ended;

  /** Creates an empty event. */
  public TaskStatus() {}
}
