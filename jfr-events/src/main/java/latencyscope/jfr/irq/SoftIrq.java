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
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A softirq ran, on the thread of the target that had to wait for it or had brought it about, or on
 * no thread where it hit a monitored CPU on which none of the target's was.
 *
 * <p>Source: {@code softirq_entry} and {@code softirq_exit} tracepoints. The duration is from first
 * to last, as a timeline needs it; {@link #net} leaves out the interrupts that came in between,
 * which are charged to themselves.
 */
@Name("latencyscope.SoftIrq")
@Label("Softirq")
@Description("Softirq ran")
@Category({"LatencyScope", "irq"})
@Threshold("1 us")
@Occurrence(
    noun = "softirq",
    perCpu = true,
    ledgerCause = "softirq",
    cost = "softirq",
    trigger = "softirq",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class SoftIrq extends KernelEvent {
  /** Vector, as {@code /proc/softirqs} names it, such as {@code NET_RX}. */
  @Label("Vector")
  @Description("Softirq vector, as in /proc/softirqs")
  @Culprit
  @Particular
  @PageColumn(value = 3, width = 130)
  public String vector;

  /**
   * On whose behalf it ran. {@code interrupt}: an interrupt raised it, so the thread was made to
   * wait; {@code own-call}: a system call of the thread raised it, such as its own send through the
   * loopback device; {@code ksoftirqd}: the kernel's thread for it ran it.
   */
  @Label("Context")
  @Description(
      "interrupt (it took the time away), own-call (the thread raised it itself), ksoftirqd")
  public String context;

  /** Timer or tasklet function that ran longest in it; null if it ran none. */
  @Label("Function")
  @Description("Timer or tasklet function that ran longest; none if it ran none")
  @PageColumn(value = 4, width = 180)
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
  @PageColumn(value = 5, width = 100)
  public long net;

  /** Kernel name of the task on whose CPU it ran; null if the CPU was idle. */
  @Label("Interrupted")
  @Description("Task on whose CPU it ran; none if the CPU was idle")
  @PageColumn(value = 6, width = 130)
  public String interrupted;

  /** Thread id of that task in the initial pid namespace; 0 if the CPU was idle. */
  @Label("Interrupted Thread Id")
  public long interruptedTid;

  /** Creates an empty event. */
  public SoftIrq() {}
}
