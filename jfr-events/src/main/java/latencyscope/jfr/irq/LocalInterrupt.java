package latencyscope.jfr.irq;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;

/**
 * An interrupt of the CPU's own ran: its timer, a request of another CPU, an NMI. It is on the
 * thread of the target that it interrupted, or on no thread where it hit a monitored CPU on which
 * none of the target's was.
 *
 * <p>Source: the {@code irq_vectors} tracepoints of x86, and {@code nmi_handler}. The duration is
 * from first to last, as a timeline needs it; {@link #net} leaves out NMIs that came in between.
 */
@Name("latencyscope.LocalInterrupt")
@Label("Local Interrupt")
@Description("Interrupt of the CPU's own ran: timer, request of another CPU, NMI")
@Category({"LatencyScope", "irq"})
@Threshold("1 us")
@Occurrence(
    noun = "local interrupt",
    perCpu = true,
    cost = "local interrupt",
    trigger = "local",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class LocalInterrupt extends KernelEvent {
  /** {@code local-timer}, {@code reschedule}, {@code call-function}, {@code nmi} and so on. */
  @Label("Vector")
  @Description("local-timer, reschedule, call-function, call-function-single, irq-work, nmi, …")
  @Culprit
  @Particular
  public String vector;

  /**
   * Function that ran longest in it: of a timer, or one that another CPU asked for; an NMI's
   * handler. Null if the kernel does not name it.
   */
  @Label("Function")
  @Description("Timer or requested function that ran longest; none if it is not known")
  public String function;

  /** Nanoseconds that function took. */
  @Label("Function Time")
  @Description("How long that function ran")
  @Timespan(Timespan.NANOSECONDS)
  public long functionTime;

  /** Nanoseconds without what other interrupts took meanwhile. */
  @Label("Net Time")
  @Description("Time without what other interrupts took meanwhile")
  @Timespan(Timespan.NANOSECONDS)
  public long net;

  /** Kernel name of the task that was interrupted; null if the CPU was idle. */
  @Label("Interrupted")
  @Description("Task that was interrupted; none if the CPU was idle")
  public String interrupted;

  /** Thread id of that task in the initial pid namespace; 0 if the CPU was idle. */
  @Label("Interrupted Thread Id")
  public long interruptedTid;

  /** Creates an empty event. */
  public LocalInterrupt() {}
}
