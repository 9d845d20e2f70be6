package latencyscope.jfr.network;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * The kernel polled a network device for packets, in a softirq on {@link #cpu}.
 *
 * <p>Source: the {@code napi_poll} tracepoint, which comes at the end of a poll. A poll is taken to
 * begin where its softirq begins ({@code softirq_entry}) or the one before it in the same softirq
 * ends; what the kernel does between two polls therefore counts with the second. Polls outside of a
 * softirq (busy polling, threaded NAPI) have no known begin: they are counted, but are no events.
 *
 * <p>The thread is the target's that was on that CPU and could not go on meanwhile; there is none
 * if it was another task's CPU.
 */
@Name("latencyscope.NapiPoll")
@Label("NAPI Poll")
@Description("Network device was polled for packets in a softirq")
@Category({"LatencyScope", "network"})
@Threshold("10 us")
@Occurrence(noun = "poll", perCpu = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class NapiPoll extends KernelEvent {
  /** Name of the device; {@code backlog} for the CPU's queue for devices that do not poll. */
  @Label("Device")
  @Culprit
  @Particular
  public String device;

  /** Packets that the poll took. */
  @Label("Work")
  @Description("Packets that the poll took")
  @PageColumn(value = 8, width = 60)
  public int work;

  /** Packets that it was allowed to take. */
  @Label("Budget")
  @Description("Packets that the poll was allowed to take")
  @PageColumn(9)
  public int budget;

  /** Whether it took all that it was allowed to, so that more may have been left waiting. */
  @Label("Exhausted")
  @Description("Whether the poll took as many packets as its budget allowed")
  public boolean exhausted;

  /** Creates an empty event. */
  public NapiPoll() {}
}
