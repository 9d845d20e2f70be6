package latencyscope.jfr.irq;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Page;
import latencyscope.jfr.schema.PageColumn;

/**
 * To which CPUs a device's interrupt line may be delivered: one event for each line that has a
 * handler, at the end of each chunk, so that a report can judge it without the host.
 *
 * <p>Source: {@code /proc/irq/N} and {@code /sys/kernel/irq/N}. Lists of CPUs are written as the
 * kernel writes them; an empty one is not known.
 */
@Name("latencyscope.InterruptAffinity")
@Label("Interrupt Affinity")
@Description("CPUs to which an interrupt line may be delivered")
@Category({"LatencyScope", "irq"})
@Page("measures")
@RemoveFields({"eventThread", "stackTrace"})
public final class InterruptAffinity extends Event {
  /** Number of the line. */
  @Label("IRQ")
  @Description("Interrupt line, as in /proc/interrupts")
  @PageColumn(value = 13, width = 50)
  public int irq;

  /** Devices with a handler on the line, joined with a comma. */
  @Label("Devices")
  @Description("Devices with a handler on the line")
  public String devices;

  /** CPUs that its mask allows ({@code smp_affinity_list}). */
  @Label("Allowed CPUs")
  public String allowedCpus;

  /** CPUs that it goes to now ({@code effective_affinity_list}). */
  @Label("Effective CPUs")
  public String effectiveCpus;

  /**
   * {@code yes} if the kernel places it itself and refuses another mask, {@code no} if not, {@code
   * unknown} where the kernel does not show it: that requires debugfs with {@code
   * CONFIG_GENERIC_IRQ_DEBUGFS}.
   */
  @Label("Managed")
  @Description("Whether the kernel places it itself and refuses another mask: yes, no, unknown")
  public String managed;

  /** Process id of a running irqbalance, which may move the line; 0 if there is none. */
  @Label("irqbalance Process Id")
  @Description("Process id of a running irqbalance; 0 if there is none")
  public long irqbalancePid;

  /**
   * Interrupts of the line on the captured CPUs since the last such event, or since the capture
   * began, by the kernel's own count; -1 if that is not known.
   */
  @Label("Counted")
  @Description("Interrupts on captured CPUs since the last such event, by the kernel's own count")
  @NoValue
  @Count
  public long counted;

  /** Creates an empty event. */
  public InterruptAffinity() {}
}
