package latencyscope.trace;

import java.util.List;

/** Softirqs by their number. */
final class SoftIrqs {
  /** As {@code /proc/softirqs} names them, and in its order (include/linux/interrupt.h, 6.18). */
  static final List<String> VECTORS =
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

  private SoftIrqs() {}
}
