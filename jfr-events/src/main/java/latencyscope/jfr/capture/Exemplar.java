package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Page;

/**
 * One of the longest occurrences of another event in its interval, which was below that event's
 * threshold: so that the worst is known with all its context also where nothing was slow.
 *
 * <p>Has no duration of the flight recorder, because it would be measured against a threshold;
 * {@link #kernelDuration} is the occurrence's. Source: the same as of the event that it stands for.
 */
@Name("latencyscope.Exemplar")
@Label("Exemplar")
@Description("One of the longest occurrences of an event, below the event's threshold")
@Category({"LatencyScope", "capture"})
@Page("measures")
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class Exemplar extends KernelEvent {
  /** Module that measured it, such as {@code isolation}. */
  @Label("Module")
  public String module;

  /** Name of the event that it would be, such as {@code latencyscope.RunQueueWait}. */
  @Label("Event")
  @Description("Event type whose threshold hid this occurrence")
  public String type;

  /** The other fields of that event: a line {@code name=value} for each that has a value. */
  @Label("Details")
  @Description("The event's other fields, one to a line")
  public String details;

  /** Creates an empty event. */
  public Exemplar() {}
}
