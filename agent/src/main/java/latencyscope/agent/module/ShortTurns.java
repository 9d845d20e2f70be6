package latencyscope.agent.module;

import latencyscope.bpf.kernel.NativeThread;

/**
 * Cuts long work into short turns with a sleep between them.
 *
 * <p>Where a host has no CPU for us alone, an engine thread that wakes gets the CPU at the end of
 * our turn at the latest. And we are seldom preempted in the middle of one, perhaps while we hold a
 * lock of the JVM that an engine thread wants: a thread that has slept is left alone until its
 * slice is used up (RUN_TO_PARITY, Linux 6.6, 63304558ba5d), which is several of these turns long.
 * Used by one thread at a time.
 */
final class ShortTurns {
  /** A slice of the scheduler is 1.4 ms on two CPUs, and 2.8 ms from eight on. */
  private static final long TURN_NS = 300_000;

  /** With the kernel's timer slack about twice as much. */
  private static final int PAUSE_US = 50;

  /** Records between two looks at the clock, a power of two. */
  private static final int RECORDS = 32;

  private int records;
  private long beganNs;

  /** A new turn begins: the thread has just slept, or begins something else. */
  void begin() {
    beganNs = System.nanoTime();
  }

  /** After each record: sleeps when the turn has been long enough. */
  void afterRecord() {
    if ((++records & RECORDS - 1) == 0 && System.nanoTime() - beganNs > TURN_NS) {
      NativeThread.pause(PAUSE_US);
      begin();
    }
  }
}
