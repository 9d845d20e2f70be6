package latencyscope.analysis.finding;

import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.event.Subject;

/**
 * What interrupts.
 *
 * @param kind what it is
 * @param name the device, the softirq vector, or the CPU's own interrupt
 * @param irq number of the device's line; 0 if it is not a device
 */
public record InterruptSource(Kind kind, String name, int irq) {
  /** What an interrupt may come from. */
  public enum Kind {
    /** A device, through its line. */
    LINE("line"),
    /** A softirq vector. */
    VECTOR("vector"),
    /** The CPU's own timer, or another CPU. */
    LOCAL("local");

    private final String subject;

    Kind(String subject) {
      this.subject = subject;
    }

    /** Whether a measure is of such a source. */
    public boolean isOf(Subject measured) {
      return subject.equals(measured.kind());
    }
  }

  /** The source that an event names. */
  public static InterruptSource of(KernelEvent event) {
    return switch (event.type()) {
      case EventTypes.HARD_IRQ ->
          new InterruptSource(
              Kind.LINE, event.text(EventFields.DEVICE), (int) event.number(EventFields.IRQ));
      case EventTypes.SOFT_IRQ ->
          new InterruptSource(Kind.VECTOR, event.text(EventFields.VECTOR), 0);
      default -> new InterruptSource(Kind.LOCAL, event.text(EventFields.VECTOR), 0);
    };
  }

  /** Whether it comes through the line of a device. */
  public boolean isDevice() {
    return kind == Kind.LINE;
  }

  /** In words, with what is needed to find it. */
  public String describe() {
    return switch (kind) {
      case LINE -> name + " (IRQ " + irq + ")";
      case VECTOR -> "softirq " + name;
      case LOCAL -> "nmi".equals(name) ? "an NMI" : name + " interrupt";
    };
  }
}
