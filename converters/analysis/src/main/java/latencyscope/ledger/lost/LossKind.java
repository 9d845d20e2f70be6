package latencyscope.ledger.lost;

import java.util.Locale;
import java.util.Optional;
import latencyscope.ledger.Cause;

/** What a thread loses time to, as coarse as a bar can show it. */
public enum LossKind {
  /** Another task had the CPU, or an idle one was being woken. */
  CPU_WAIT("CPU wait"),
  /** The CPU quota of the control group was used up. */
  QUOTA("CPU quota"),
  /** Interrupts of devices, softirqs, the CPU's own. */
  INTERRUPTS("interrupts"),
  /** Page faults, and what the kernel did to find memory. */
  MEMORY("page faults"),
  /** The JVM had stopped it. */
  SAFEPOINTS("safepoints"),
  /** It waited in the kernel for a lock, or had given up its CPU although it never should. */
  BLOCKED("blocked");

  private final String words;

  LossKind(String words) {
    this.words = words;
  }

  /** In words that follow a time. */
  public String words() {
    return words;
  }

  /** In lower case, as JSON has it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What a stretch with a cause is lost to; empty if it is not lost.
   *
   * @param busy whether the thread wants to run all the time, so that to block is a loss
   */
  static Optional<LossKind> of(Cause cause, boolean busy) {
    return switch (cause) {
      case NMI, HARD_IRQ, LOCAL_INTERRUPT, SOFTIRQ -> Optional.of(INTERRUPTS);
      case THROTTLED -> Optional.of(QUOTA);
      case RUNNABLE -> Optional.of(CPU_WAIT);
      case MEMORY_STALL, PAGE_FAULT -> Optional.of(MEMORY);
      case STOPPED -> Optional.of(SAFEPOINTS);
      case KERNEL_LOCK -> Optional.of(BLOCKED);
      case BLOCKED -> busy ? Optional.of(BLOCKED) : Optional.empty();
      case SYSCALL, ON_CPU, UNEXPLAINED -> Optional.empty();
    };
  }
}
