package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.PageColumn;

/**
 * Events that happened and are not in the recording, counted where they were lost.
 *
 * <p>The kernel's histograms and counters still hold them, unless {@link #type} is null.
 */
@Name("latencyscope.RecordsLost")
@Label("Records Lost")
@Description("Events that are not in the recording")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class RecordsLost extends Event {
  /** Module whose records were lost. */
  @Label("Module")
  public String module;

  /**
   * Event type that is incomplete, such as {@code latencyscope.RunQueueWait}; null if they were not
   * even counted, because there was no room for their thread, or not yet.
   */
  @Label("Event Type")
  @PageColumn(value = 9, width = 120)
  public String type;

  /** How many. */
  @Label("Count")
  @PageColumn(value = 8, width = 70)
  @Count
  public long count;

  /** Where and why, such as {@code ring buffer full}. */
  @Label("Reason")
  public String reason;

  /** Creates an empty event. */
  public RecordsLost() {}
}
