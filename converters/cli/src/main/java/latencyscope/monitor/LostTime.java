package latencyscope.monitor;

import latencyscope.ledger.Cause;

/** Nanoseconds of a thread's time by cause, in a window. Not safe for use by several threads. */
public final class LostTime {
  private static final Cause[] CAUSES = Cause.values();

  private final long[] ns = new long[CAUSES.length];
  private long longest;

  /** No time at all. */
  public LostTime() {}

  void add(Cause cause, long nanos) {
    ns[cause.ordinal()] += nanos;
  }

  void stall(long nanos) {
    longest = Math.max(longest, nanos);
  }

  void add(LostTime other) {
    for (int i = 0; i < ns.length; i++) {
      ns[i] += other.ns[i];
    }
    longest = Math.max(longest, other.longest);
  }

  /** Time of one cause. */
  public long of(Cause cause) {
    return ns[cause.ordinal()];
  }

  /** Time in which the thread wanted to run and did not. */
  public long lost() {
    long sum = 0;
    for (Cause cause : CAUSES) {
      sum += isLost(cause) ? ns[cause.ordinal()] : 0;
    }
    return sum;
  }

  /** The longest single stall, nanoseconds. */
  public long longest() {
    return longest;
  }

  /** Whether time of a cause counts as lost: to wait for work does not. */
  static boolean isLost(Cause cause) {
    return cause.isStolen() || cause == Cause.STOPPED;
  }
}
