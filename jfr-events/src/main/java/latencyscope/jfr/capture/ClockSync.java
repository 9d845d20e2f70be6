package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.internal.RemoveFields;

/**
 * The same instant on the recorder's clock and on the kernel's, so that a reader can check the
 * conversion of every kernel time, or do it again.
 */
@Name("latencyscope.ClockSync")
@Label("Clock Synchronization")
@Description("One instant on the recorder's and on the kernel's clock")
@Category({"LatencyScope", "capture"})
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class ClockSync extends Event {
  /** The instant on the recorder's clock. */
  @Label("Recorder Time")
  @Timestamp(Timestamp.TICKS)
  public long recorderTime;

  /** The instant in ticks as such, free of any reader's conversion. */
  @Label("Ticks")
  public long ticks;

  /** The instant on CLOCK_MONOTONIC as BPF programs read it, nanoseconds. */
  @Label("Monotonic Nanoseconds")
  public long monotonic;

  /** How far apart the two readings can be at most, nanoseconds. */
  @Label("Uncertainty")
  @Timespan(Timespan.NANOSECONDS)
  public long uncertainty;

  /** Creates an empty event. */
  public ClockSync() {}
}
