package latencyscope.trace;

import java.util.Comparator;
import java.util.List;

/**
 * Something that is known of a CPU from a time on.
 *
 * @param time begin, nanoseconds on the trace's clock
 * @param end end; of a moment, its begin
 * @param cpu the CPU
 * @param kind what is known
 * @param task the task that it is about; of an interrupt, its number
 * @param other the task that came in afterwards, negative if not known; the waker; or the number of
 *     the interrupt's name
 * @param detail state in which the task left; of a wakeup, the flags of the kernel's tracer and the
 *     CPU on which the task came in
 */
record SchedPoint(long time, long end, int cpu, Kind kind, int task, int other, int detail) {
  /**
   * Softirqs by their number, as {@code /proc/softirqs} names them (include/linux/interrupt.h,
   * 6.18).
   */
  static final List<String> SOFTIRQS =
      List.of(
          "HI",
          "TIMER",
          "NET_TX",
          "NET_RX",
          "BLOCK",
          "IRQ_POLL",
          "TASKLET",
          "SCHED",
          "HRTIMER",
          "RCU");

  /** What is known, in the order of what begins at the same time. */
  enum Kind {
    /** The task was woken. */
    WOKEN,
    /** A device's interrupt was handled. */
    IRQ,
    /** A softirq ran. */
    SOFTIRQ,
    /** The task ran; of no length if it is known to have run at that moment and no longer. */
    RAN
  }

  private static final int NUMBERS = 5;
  private static final int CPU_BITS = 16;
  private static final Kind[] KINDS = Kind.values();

  /** In the order of time; what is of no length comes first. */
  static final ExternalSorter.Form<SchedPoint> BY_TIME =
      new ExternalSorter.Form<>(
          NUMBERS,
          Comparator.comparingLong(SchedPoint::time)
              .thenComparing(SchedPoint::kind)
              .thenComparingLong(SchedPoint::end)
              .thenComparingInt(SchedPoint::cpu)
              .thenComparingInt(SchedPoint::task),
          SchedPoint::pack,
          SchedPoint::unpack);

  /** Detail of a wakeup: flags of the kernel's tracer, negative if not known, and a CPU. */
  static int wakeup(int flags, int returnCpu) {
    return flags << CPU_BITS | returnCpu & (1 << CPU_BITS) - 1;
  }

  /** The flags of a wakeup, negative if not known. */
  int flags() {
    return detail >> CPU_BITS;
  }

  /** The CPU on which a task came in that was woken. */
  int returnCpu() {
    return detail & (1 << CPU_BITS) - 1;
  }

  private long[] pack() {
    return new long[] {
      time, end, Pair.of(kind.ordinal(), cpu), Pair.of(task, other), detail,
    };
  }

  private static SchedPoint unpack(long[] packed) {
    return new SchedPoint(
        packed[0],
        packed[1],
        Pair.low(packed[2]),
        KINDS[Pair.high(packed[2])],
        Pair.high(packed[3]),
        Pair.low(packed[3]),
        (int) packed[4]);
  }
}
