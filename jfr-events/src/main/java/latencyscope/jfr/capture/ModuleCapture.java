package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;
import jdk.jfr.internal.RemoveFields;

/**
 * When one module captured: modules are attached one after the other, so each has its own interval.
 * One event for every module and interval between two chunks.
 *
 * <p>{@code startTime} and {@code duration} are the interval of the module's {@link Counter} and
 * {@link Histogram} events: a rate is a count divided by this duration. It begins just before the
 * module's first probe was attached.
 */
@Name("latencyscope.ModuleCapture")
@Label("Module Capture")
@Description("The interval that a module counted, and the one in which it recorded every event")
@Category({"LatencyScope", "capture"})
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class ModuleCapture extends Event {
  /** Module, such as {@code isolation}. */
  @Label("Module")
  public String module;

  /** From when on every event of the module is recorded: all its probes were attached. */
  @Label("Records From")
  @Description("From when on events of the module are recorded: all its probes were attached")
  @Timestamp(Timestamp.TICKS)
  public long recordsFrom;

  /** Until when every event of the module is recorded: what happened later was not read yet. */
  @Label("Records Until")
  @Description("Until when events of the module are recorded: later ones were not read yet")
  @Timestamp(Timestamp.TICKS)
  public long recordsUntil;

  /** Creates an empty event. */
  public ModuleCapture() {}
}
