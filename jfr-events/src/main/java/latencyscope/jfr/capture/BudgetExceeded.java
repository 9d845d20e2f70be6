package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;

/**
 * The capture's own thread used more of a CPU than its budget, so that from now on only longer
 * events of one type are kept, of which most came; or it uses little again, and the floor is
 * lowered. Counts and distributions are not affected.
 *
 * <p>Source of the share: {@code /proc/self/task/TID/schedstat} of the drain thread.
 */
@Name("latencyscope.BudgetExceeded")
@Label("Budget Exceeded")
@Description("The capture cost more than its budget, so that thresholds were raised")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class BudgetExceeded extends Event {
  /** Share of one CPU that the drain thread has used lately, 1.0 for all of it. */
  @Label("Share")
  @Description("Share of one CPU that the drain thread has used lately")
  @Percentage
  public float share;

  /** Share of one CPU that it may use. */
  @Label("Budget")
  @Description("Share of one CPU that it may use")
  @Percentage
  public float budget;

  /** From now on shorter events are not kept, nanoseconds; 0 if thresholds hold again. */
  @Label("Floor")
  @Description("Shorter events are not kept from now on, whatever their threshold")
  @Timespan(Timespan.NANOSECONDS)
  public long floor;

  /** The type of which shorter events are not kept. */
  @Label("Event Type")
  @Description("Type of event that this is about, such as latencyscope.SocketDelivery")
  public String eventType;

  /** Creates an empty event. */
  public BudgetExceeded() {}
}
