package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.PageColumn;

/** Whether a probe is in place; if not, why not and what would help. */
@Name("latencyscope.ProbeStatus")
@Label("Probe Status")
@Description("Whether a probe is in place, and why not")
@Category({"LatencyScope", "capture"})
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class ProbeStatus extends Event {
  /** Module to which the probe belongs; {@code capture} if the whole capture is meant. */
  @Label("Module")
  @PageColumn(value = 1, width = 80)
  public String module;

  /** Name of the BPF program, such as {@code ls_sched_switch}. */
  @Label("Probe")
  @PageColumn(value = 2, width = 150)
  public String probe;

  /**
   * {@code attached}, {@code unavailable} (the host lacks it) or {@code refused}; {@code accounts}
   * of a module that has counts from {@code /proc} alone; {@code loading} of the whole capture if
   * this part of the recording ended before any module was attached.
   */
  @Label("State")
  @Description("attached, unavailable, refused, accounts or loading")
  @PageColumn(value = 3, width = 80)
  public String state;

  /** Why it is not attached, as a sentence; null if it is. */
  @Label("Reason")
  @PageColumn(value = 4, width = 180)
  public String reason;

  /** What to do about it, as a command or sentence; null if there is nothing to do. */
  @Label("Remedy")
  @PageColumn(value = 5, width = 130)
  public String remedy;

  /** Creates an empty event. */
  public ProbeStatus() {}
}
