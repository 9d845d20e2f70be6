package latencyscope.analysis;

import latencyscope.recording.KernelEvent;
import latencyscope.recording.Subject;

/**
 * What interrupts.
 *
 * @param kind what it is
 * @param name the device, the softirq vector, or the CPU's own interrupt
 * @param irq number of the device's line; 0 if it is not a device
 */
record InterruptSource(Kind kind, String name, int irq) {
  /** What an interrupt may come from. */
  enum Kind {
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

    boolean isOf(Subject measured) {
      return subject.equals(measured.kind());
    }
  }

  static InterruptSource of(KernelEvent event) {
    return switch (event.type()) {
      case "HardIrq" ->
          new InterruptSource(Kind.LINE, event.text("device"), (int) event.number("irq"));
      case "SoftIrq" -> new InterruptSource(Kind.VECTOR, event.text("vector"), 0);
      default -> new InterruptSource(Kind.LOCAL, event.text("vector"), 0);
    };
  }

  boolean isDevice() {
    return kind == Kind.LINE;
  }

  /** In words, with what it takes to find it. */
  String describe() {
    return switch (kind) {
      case LINE -> name + " (IRQ " + irq + ")";
      case VECTOR -> "softirq " + name;
      case LOCAL -> "nmi".equals(name) ? "an NMI" : name + " interrupt";
    };
  }
}
