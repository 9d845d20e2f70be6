package latencyscope.recording.fact;

import latencyscope.jfr.schema.EventFields;
import latencyscope.proc.CpuSet;
import latencyscope.recording.event.EventType;

/**
 * A device's interrupt line and where the host lets it be delivered, as of the end of the capture.
 *
 * @param irq its number
 * @param devices devices with a handler on it
 * @param allowed CPUs that its mask allows; empty if not known
 * @param effective CPUs that it goes to; empty if not known
 * @param managed {@code yes} if the kernel places it itself and refuses another mask, {@code no},
 *     or {@code unknown}
 * @param irqbalancePid process of a running irqbalance; 0 if there is none
 * @param counted interrupts on the captured CPUs by the kernel's own count; -1 if not known
 */
public record InterruptLine(
    int irq,
    String devices,
    CpuSet allowed,
    CpuSet effective,
    String managed,
    long irqbalancePid,
    long counted) {
  private static final long NOT_KNOWN = -1;

  public static InterruptLine of(EventType type, Object[] values) {
    return new InterruptLine(
        (int) type.number(values, EventFields.IRQ, 0),
        type.text(values, EventFields.DEVICES),
        CpuSet.parse(type.text(values, EventFields.ALLOWED_CPUS)),
        CpuSet.parse(type.text(values, EventFields.EFFECTIVE_CPUS)),
        type.text(values, EventFields.MANAGED),
        type.number(values, EventFields.IRQBALANCE_PID, 0),
        type.number(values, EventFields.COUNTED, NOT_KNOWN));
  }

  /** The same line later: what it is then, and both counts. */
  public InterruptLine then(InterruptLine later) {
    boolean known = counted != NOT_KNOWN && later.counted != NOT_KNOWN;
    return new InterruptLine(
        irq,
        later.devices,
        later.allowed,
        later.effective,
        later.managed,
        later.irqbalancePid,
        known ? counted + later.counted : NOT_KNOWN);
  }

  /** Whether the kernel is known to place it itself. */
  public boolean isManaged() {
    return "yes".equals(managed);
  }
}
