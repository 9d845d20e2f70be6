package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.PageColumn;

/**
 * What a probe cost over an interval, by the kernel's own account.
 *
 * <p>Source: {@code bpf_prog_info}. Runs and time are counted by the kernel only if somebody asks,
 * because each run then takes two clock reads more: this capture with {@code stats=on}, or anybody
 * with {@code kernel.bpf_stats_enabled}. Missed runs are counted always.
 */
@Name("latencyscope.ProbeCost")
@Label("Probe Cost")
@Description("What a probe cost, by the kernel's account")
@Category({"LatencyScope", "capture"})
@StackTrace(false)
@RemoveFields({"eventThread", "stackTrace"})
public final class ProbeCost extends Event {
  /** Module to which the probe belongs; {@code capture} for the drain thread. */
  @Label("Module")
  public String module;

  /**
   * Name of the BPF program; or, for the agent's own thread, {@code set-up} for loading the modules
   * and {@code drain} for everything after that.
   */
  @Label("Probe")
  public String probe;

  /** Number of runs; -1 if the kernel does not count them. */
  @Label("Runs")
  @NoValue
  @Count
  public long runs;

  /** Time spent, nanoseconds; -1 if the kernel does not count it. */
  @Label("Time")
  @Timespan(Timespan.NANOSECONDS)
  @NoValue
  @PageColumn(value = 6, width = 80)
  public long time;

  /** Runs that the kernel left out because the same program was already running on that CPU. */
  @Label("Missed Runs")
  @PageColumn(7)
  @Count
  public long missed;

  /** Creates an empty event. */
  public ProbeCost() {}
}
