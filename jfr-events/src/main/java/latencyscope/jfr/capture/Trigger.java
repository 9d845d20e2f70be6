package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Page;

/**
 * A condition of the agent's option {@code trigger} was met, and the last seconds of the recording
 * were, or could not be, written to a file.
 */
@Name("latencyscope.Trigger")
@Label("Trigger")
@Description("A condition of the trigger option was met")
@Category({"LatencyScope", "capture"})
@Page("measures")
@RemoveFields({"eventThread", "stackTrace"})
public final class Trigger extends Event {
  /** The condition, such as {@code runqueue>100us}. */
  @Label("Condition")
  public String condition;

  /** Type of the event that met it. */
  @Label("Event")
  @Description("Event type that met it")
  public String type;

  /** Length of that event, nanoseconds. */
  @Label("Value")
  @Description("Length of that event")
  @Timespan(Timespan.NANOSECONDS)
  public long value;

  /** Thread that it happened to; null if it is none. */
  @Label("Thread Name")
  public String thread;

  /** File that was written; null if it could not be. */
  @Label("File")
  public String file;

  /** Why no file was written; null if it was. */
  @Label("Problem")
  public String problem;

  /** Creates an empty event. */
  public Trigger() {}
}
