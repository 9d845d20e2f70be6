package latencyscope.ledger;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a window's time passed, in the order of precedence: of causes that hold at the same moment
 * the first one is charged, which is the innermost where they nest.
 */
public enum Cause {
  /** A non-maskable interrupt had the CPU. */
  NMI("in a ", "non-maskable interrupt"),
  /** A device's interrupt handler had the CPU. */
  HARD_IRQ("stolen by a ", "hardware interrupt"),
  /** A vector of the CPU itself had it: timer, reschedule, function call, TLB shootdown. */
  LOCAL_INTERRUPT("stolen by a ", "local interrupt"),
  /** Deferred interrupt work had the CPU. */
  SOFTIRQ("stolen by a ", "softirq"),
  /** The thread could have run, and the CPU quota of its control group did not let it. */
  THROTTLED("throttled by the CPU quota of its control group"),
  /** The thread could have run, and another task had the CPU, or an idle CPU was being woken. */
  RUNNABLE("runnable and not running"),
  /** The thread waited for a lock of the kernel, asleep or spinning. */
  KERNEL_LOCK("waiting for a lock of the kernel"),
  /** The kernel was short of memory and had the thread look for some. */
  MEMORY_STALL("in memory reclaim or page migration"),
  /** A page fault was being handled, also while that waited for the disk. */
  PAGE_FAULT("in a page fault"),
  /** The JVM had stopped the thread at a safepoint. */
  STOPPED("stopped at a safepoint"),
  /** The thread had given up its CPU to wait for something. */
  BLOCKED("blocked"),
  /** In a system call, neither blocked nor waiting as far as was recorded. */
  SYSCALL("in a system call"),
  /** Running, by the scheduler's complete account of the thread. */
  ON_CPU("on CPU"),
  /** Nothing recorded explains it. */
  UNEXPLAINED("unexplained");

  private static final Map<String, Cause> BY_KEY =
      Stream.of(values()).collect(Collectors.toMap(Cause::key, Function.identity()));

  private final String words;
  private final String interrupt;

  Cause(String words) {
    this.words = words;
    interrupt = null;
  }

  Cause(String before, String interrupt) {
    words = before + interrupt;
    this.interrupt = interrupt;
  }

  /** The kind of interrupt, as a noun; null if the cause is none. */
  String interrupt() {
    return interrupt;
  }

  /** In lower case, as JSON has it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The cause of a key; null if there is none. */
  static Cause ofKey(String key) {
    return BY_KEY.get(key);
  }

  /** In words that follow a time. */
  public String words() {
    return words;
  }

  /** Whether it took the CPU, or time on it, from a thread that wanted to run. */
  public boolean isStolen() {
    return ordinal() <= MEMORY_STALL.ordinal() || this == PAGE_FAULT;
  }
}
