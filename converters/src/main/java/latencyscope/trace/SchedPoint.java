package latencyscope.trace;

import java.util.Comparator;

/**
 * Something that is known of a CPU at a time.
 *
 * @param time nanoseconds on the trace's clock
 * @param cpu the CPU
 * @param kind what is known
 * @param task the task that it is about
 * @param other the task that came in, or the waker; 0 if none
 * @param state state in which the task left
 */
record SchedPoint(long time, int cpu, Kind kind, int task, int other, int state) {
  /** What is known, in the order of what happens at the same time. */
  enum Kind {
    /** The task left. */
    OUT,
    /** The task ran from here on until another one is known to have come. */
    HELD,
    /** The task was woken, and ran on this CPU next. */
    WOKEN,
    /** The task came in. */
    IN
  }

  static final Comparator<SchedPoint> ORDER =
      Comparator.comparingLong(SchedPoint::time).thenComparing(SchedPoint::kind);

  private static final Kind[] KINDS = Kind.values();

  /** The same as four numbers. */
  long[] pack() {
    return new long[] {
      time, pair(kind.ordinal(), cpu), pair(task, other), state,
    };
  }

  static SchedPoint unpack(long[] packed) {
    return new SchedPoint(
        packed[0],
        (int) packed[1],
        KINDS[(int) (packed[1] >> Integer.SIZE)],
        (int) (packed[2] >> Integer.SIZE),
        (int) packed[2],
        (int) packed[3]);
  }

  private static long pair(int high, int low) {
    return (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
  }
}
