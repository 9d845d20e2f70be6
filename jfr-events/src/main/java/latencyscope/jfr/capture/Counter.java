package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;

/**
 * An exact count, or a sum of nanoseconds, kept in the kernel over an interval for one thread, or
 * for another thing such as an interrupt line.
 *
 * <p>Intervals of one measure do not overlap: those of a recording are added up. {@code startTime}
 * and {@code duration} are the interval.
 */
@Name("latencyscope.Counter")
@Label("Counter")
@Description("Exact count over an interval, kept in the kernel")
@Category({"LatencyScope", "capture"})
@Page("measures")
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class Counter extends Event {
  /** Module that counted, such as {@code isolation}. */
  @Label("Module")
  @PageColumn(value = 1, width = 80)
  public String module;

  /** What was counted, such as {@code voluntary_switches}; ends in {@code _ns} if it is time. */
  @Label("Measure")
  @Description("What was counted; a name that ends in _ns is nanoseconds")
  @PageColumn(value = 2, width = 180)
  public String measure;

  /** The thread's name, or null if the count is not a thread's. */
  @Label("Thread Name")
  @PageColumn(value = 3, width = 130)
  public String thread;

  /** The thread's id, or 0 if the count is not a thread's. */
  @Label("OS Thread Id")
  public long osThreadId;

  /**
   * Java's id of the thread, which no other one gets after it; 0 if it is none of Java's, or ended
   * before it was seen.
   */
  @Label("Java Thread Id")
  public long javaThreadId;

  /** Kind of thing that it is of, such as {@code line}; null if it is a thread's. */
  @Label("Subject")
  @Description("Kind of thing it is of if not a thread: an interrupt line, a device")
  public String subject;

  /** Which thing of that kind, as the kernel numbers it. */
  @Label("Subject Id")
  public long subjectId;

  /** The kernel's name for that thing; null if it has none. */
  @Label("Subject Name")
  @PageColumn(value = 4, width = 120)
  public String subjectName;

  /** CPU on which it was counted; -1 if it is not of one CPU. */
  @Label("CPU")
  @Description("CPU on which it was counted; -1 for all")
  @NoValue
  @PageColumn(value = 5, width = 50)
  public int cpu;

  /** The count. */
  @Label("Value")
  @PageColumn(value = 6, width = 90)
  @Count
  public long value;

  /** Creates an empty event. */
  public Counter() {}
}
