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
 * A handler of a device's interrupt ran, on the thread of the target that it interrupted, or on no
 * thread where it hit a monitored CPU on which none of the target's was.
 *
 * <p>Source: {@code irq_handler_entry} and {@code irq_handler_exit} tracepoints. The duration is
 * from first to last, as a timeline needs it; {@link #net} leaves out NMIs that came in between.
 * The CPU's way in and out of the interrupt is in neither.
 */
@Name("latencyscope.HardIrq")
@Label("Hard IRQ")
@Description("Handler of a device's interrupt ran")
@Category({"LatencyScope", "irq"})
@Threshold("1 us")
@Occurrence(
    noun = "interrupt",
    perCpu = true,
    ledgerCause = "hard_irq",
    cost = "hard interrupt",
    trigger = "irq",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class HardIrq extends KernelEvent {
  /** Number of the interrupt line, as in {@code /proc/interrupts}. */
  @Label("IRQ")
  @Description("Interrupt line, as in /proc/interrupts")
  @Particular(2)
  @PageColumn(value = 1, width = 50)
  public int irq;

  /** Device that the handler was registered for, cut at 15 characters. */
  @Label("Device")
  @Description("Device that the handler was registered for")
  @Culprit
  @Particular
  @PageColumn(value = 2, width = 120)
  public String device;

  /** The kernel's function that handled it. */
  @Label("Handler")
  @Description("Function that handled the interrupt")
  @Culprit(1)
  @Particular(1)
  public String handler;

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
  public HardIrq() {}
}
