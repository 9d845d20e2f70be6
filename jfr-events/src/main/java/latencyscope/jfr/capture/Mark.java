package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Page;

/** A moment that somebody marked in the live view, to find it again in its recording. */
@Name("latencyscope.Mark")
@Label("Mark")
@Description("Moment that was marked in the live view")
@Category({"LatencyScope", "capture"})
@Page("measures")
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class Mark extends Event {
  /** The first one of a view is 1. */
  @Label("Mark Number")
  @Description("Number that the live view showed for it")
  public int mark;

  /** Creates an empty event. */
  public Mark() {}
}
