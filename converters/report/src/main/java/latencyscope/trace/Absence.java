package latencyscope.trace;

import java.util.Comparator;

/**
 * A thread was off its CPU, or waited for one.
 *
 * @param task OS thread id
 * @param life which of the threads that had this id
 * @param kind what is known of it
 * @param left when it left its CPU, or began to wait; nanoseconds on the trace's clock
 * @param back when it came in again
 * @param cpu CPU that it left; of a wait that is recorded alone, the one on which it came in
 * @param returnCpu CPU on which it came in
 * @param state state in which it left
 * @param next task that came in when it left; 0 if the CPU went idle, negative if not known
 * @param runnable nanoseconds at the end in which it was runnable
 * @param waker what woke it
 */
record Absence(
    int task,
    int life,
    Kind kind,
    long left,
    long back,
    int cpu,
    int returnCpu,
    int state,
    int next,
    long runnable,
    Waker waker) {
  /** What is known of it. */
  enum Kind {
    /** Both ends. */
    SWITCH,
    /** A wait of a thread that lost its CPU. */
    PREEMPTED,
    /** A wait from a wakeup on: when it had left is not recorded. */
    WAKEUP
  }

  /**
   * What woke a thread.
   *
   * @param task the task that did; 0 if an interrupt did, or if it is not known
   * @param flags as {@code common_flags} of the kernel's tracer; negative if not known
   */
  record Waker(int task, int flags) {
    static final Waker UNKNOWN = new Waker(0, -1);
  }

  private static final int NUMBERS = 7;
  private static final int SHIFT = 16;
  private static final int MASK = 0xffff;
  private static final Kind[] KINDS = Kind.values();

  /** By thread, and of one thread in the order of time. */
  static final ExternalSorter.Form<Absence> BY_THREAD =
      new ExternalSorter.Form<>(
          NUMBERS,
          Comparator.comparingInt(Absence::task)
              .thenComparingInt(Absence::life)
              .thenComparingLong(Absence::left)
              .thenComparing(Absence::kind),
          Absence::pack,
          Absence::unpack);

  /** Whether it was woken within it, so that it was runnable at the end only. */
  boolean isWoken() {
    return kind == Kind.WAKEUP || kind == Kind.SWITCH && state != 0 && !isPreempted();
  }

  private boolean isPreempted() {
    return (state & TaskState.PREEMPTED) != 0;
  }

  private long[] pack() {
    return new long[] {
      Pair.of(task, life),
      left,
      back,
      Pair.of(cpu, returnCpu),
      Pair.of(state << SHIFT | kind.ordinal(), next),
      runnable,
      Pair.of(waker.task, waker.flags),
    };
  }

  private static Absence unpack(long[] packed) {
    int what = Pair.high(packed[4]);
    return new Absence(
        Pair.high(packed[0]),
        Pair.low(packed[0]),
        KINDS[what & MASK],
        packed[1],
        packed[2],
        Pair.high(packed[3]),
        Pair.low(packed[3]),
        what >> SHIFT,
        Pair.low(packed[4]),
        packed[5],
        new Waker(Pair.high(packed[6]), Pair.low(packed[6])));
  }
}
