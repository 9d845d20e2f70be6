package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;

/**
 * The thread that empties the rings did not run when it should have: others held its CPU, or the
 * JVM was stopped. Records may have been lost meanwhile; {@link RecordsLost} says whether.
 */
@Name("latencyscope.DrainStall")
@Label("Drain Stall")
@Description("The drain thread did not run when it should have")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class DrainStall extends Event {
  /** Bytes that waited in the fullest ring when the thread ran again. */
  @Label("Pending")
  @Description("Bytes that waited in the fullest ring when the thread ran again")
  @DataAmount
  public long pending;

  /** Whether nothing but the reading came later for it. */
  @Label("Harmless")
  @Description(
      "Whether nothing but the reading came later: records are read once a second, and there was"
          + " room for more")
  public boolean harmless;

  /** Creates an empty event. */
  public DrainStall() {}
}
