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
 * A setting of the host that latency depends on, as it was when a chunk of the recording ended.
 *
 * <p>One event for each fact, so that a newer LatencyScope can add facts without another schema.
 * Facts that the host does not have or does not show are absent.
 */
@Name("latencyscope.HostFact")
@Label("Host Fact")
@Description("A setting of the host that latency depends on")
@Category({"LatencyScope", "capture"})
@Page("measures")
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class HostFact extends Event {
  /** Name of the fact, such as {@code clocksource}. */
  @Label("Name")
  @PageColumn(value = 11, width = 110)
  public String name;

  /** Its value in the words of the host. */
  @Label("Value")
  @PageColumn(value = 12, width = 120)
  public String value;

  /** The file that says so. */
  @Label("Source")
  @Description("File of the host that says so")
  public String source;

  /** Creates an empty event. */
  public HostFact() {}
}
