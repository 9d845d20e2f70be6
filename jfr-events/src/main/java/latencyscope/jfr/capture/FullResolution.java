package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;

/**
 * In which time every occurrence that one module saw on one CPU is recorded, whatever the
 * thresholds: what the module's log of that CPU held when the chunk ended. One event for every
 * module and CPU whose log was read.
 *
 * <p>{@code startTime} and {@code duration} are that time. Before it, events are recorded from
 * their thresholds on.
 */
@Name("latencyscope.FullResolution")
@Label("Full Resolution")
@Description("The time in which every occurrence on one CPU is recorded, whatever the thresholds")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class FullResolution extends Event {
  /** Module, such as {@code isolation}. */
  @Label("Module")
  public String module;

  /** CPU whose log it was. */
  @Label("CPU")
  public int cpu;

  /** Records that were taken from the log; those above the thresholds had been taken before. */
  @Label("Records")
  @Description("Records taken from the log, beside those above the thresholds")
  @Count
  public long records;

  /** Records that were overwritten before they were read: the log did not reach further back. */
  @Label("Overwritten")
  @Description("Records that newer ones overwrote: the log does not reach back further")
  @Count
  public long overwritten;

  /** Records that were being written when the log was read. */
  @Label("Unfinished")
  @Description("Records that were being written when the log was read")
  @Count
  public long unfinished;

  /** Creates an empty event. */
  public FullResolution() {}
}
