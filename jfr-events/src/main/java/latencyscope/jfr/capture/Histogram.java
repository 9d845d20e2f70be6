package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;

/**
 * Distribution of one measure of one thread, or of another thing such as an interrupt line, over an
 * interval, from counters that the kernel keeps for every occurrence, below the threshold too and
 * whatever was lost.
 *
 * <p>Intervals of one measure do not overlap: those of a recording are added up. {@code startTime}
 * and {@code duration} are the interval.
 */
@Name("latencyscope.Histogram")
@Label("Histogram")
@Description("Distribution of every occurrence, counted in the kernel")
@Category({"LatencyScope", "capture"})
@Page("measures")
@RemoveFields({"eventThread", "stackTrace"})
public final class Histogram extends Event {
  /** Module that measured, such as {@code isolation}. */
  @Label("Module")
  public String module;

  /** What was measured, such as {@code runqueue_wakeup}. */
  @Label("Measure")
  @Description("What was measured")
  public String measure;

  /** The thread's name, or null if the measure is not a thread's. */
  @Label("Thread Name")
  public String thread;

  /** The thread's id, or 0 if the measure is not a thread's. */
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
  public String subjectName;

  /** CPU on which it was counted; -1 if it is not of one CPU. */
  @Label("CPU")
  @Description("CPU on which it was counted; -1 for all")
  @NoValue
  public int cpu;

  /** Number of occurrences. */
  @Label("Count")
  @Description("Occurrences in the interval")
  @PageColumn(value = 8, width = 90)
  @Count
  public long count;

  /** Sum of all values, nanoseconds. */
  @Label("Total")
  @Description("Sum of all values")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(value = 10, width = 90)
  public long total;

  /** Largest value, nanoseconds, exact to 0.1 %. */
  @Label("Maximum")
  @Description("Largest value")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(value = 9, width = 90)
  public long max;

  /** Occurrences that are in {@link #count} but not in the distribution, for want of memory. */
  @Label("Not Distributed")
  @Description("Occurrences counted but not in the distribution")
  @Count
  public long unbinned;

  /** The distribution: compressed HdrHistogram (V2), Base64, nanoseconds, 3 significant digits. */
  @Label("Distribution")
  @Description("Compressed HdrHistogram in Base64, nanoseconds, 3 significant digits")
  public String distribution;

  /** Creates an empty event. */
  public Histogram() {}
}
