package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;

/**
 * The target, or the process of a task that delayed one of its threads, as it was when a chunk of
 * the recording ended.
 *
 * <p>One event for each that was seen, until it has ended.
 */
@Name("latencyscope.ProcessStatus")
@Label("Process Status")
@Description("The target, or a process that delayed it, at the end of the interval")
@Category({"LatencyScope", "capture"})
@Page("tasks")
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class ProcessStatus extends Event {
  /** Its id. */
  @Label("Process Id")
  @PageColumn(value = 1, width = 120)
  public long processId;

  /** The kernel's name of it; null if it ended before it was looked at. */
  @Label("Process Name")
  @PageColumn(value = 2, width = 150)
  public String processName;

  /** When it was started, exact to 10 ms; 0 if it ended before it was looked at. */
  @Label("Started")
  @Description("When the process was started, exact to 10 ms")
  @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
  @PageColumn(value = 7, width = 170)
  public long started;

  /** The process that started it, or that has adopted it since; 0 if none is known. */
  @Label("Parent Process Id")
  @Description("Process that started it, or that adopted it since")
  @PageColumn(value = 8, width = 180)
  public long parentProcessId;

  /** The kernel's name of the parent; null if none is known. */
  @Label("Parent Name")
  @PageColumn(value = 9, width = 150)
  public String parentName;

  /** Path of its program, without arguments; null if it could not be read. */
  @Label("Program")
  @Description("Path of the program or script that the process runs, without its arguments")
  public String program;

  /**
   * Its control group, as the process that looks sees it: where it is not in the root, of the
   * hierarchies of version 2, systemd, cpu, cpuacct and memory, in this order; null if it ended
   * before it was looked at.
   */
  @Label("Control Group")
  @Description("Path of its control group, which shows its unit, container or pod")
  public String controlGroup;

  /** Whether it had ended by the end of the interval. */
  @Label("Ended")
  public boolean ended;

  /** Creates an empty event. */
  public ProcessStatus() {}
}
