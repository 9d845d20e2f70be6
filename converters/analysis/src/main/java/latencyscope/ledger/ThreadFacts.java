package latencyscope.ledger;

import java.util.Arrays;

/** What the recorded events of one thread say of when it ran. Used by one thread. */
final class ThreadFacts {
  private static final int MAX_MOVES = 50_000;

  private long firstRun = Long.MAX_VALUE;

  /** The last moment in each stretch of sound evidence at which it is known to have run. */
  private long[] lastRuns = new long[0];

  private long switches;
  private long off;
  private boolean wasOutside;
  private long[] moves = new long[0];
  private int[] targets = new int[0];
  private int moved;
  private int cpuAtFirst = -1;
  private boolean tooManyMoves;

  /** The thread ran at a time. What it did before the evidence begins is not known. */
  void ran(long time, Evidence evidence) {
    if (time < evidence.begin()) {
      return;
    }
    firstRun = Math.min(firstRun, time);
    int stretch = evidence.indexOf(time);
    if (stretch < 0) {
      return;
    }
    if (lastRuns.length == 0) {
      lastRuns = new long[evidence.sound().size()];
      Arrays.fill(lastRuns, Long.MIN_VALUE);
    }
    lastRuns[stretch] = Math.max(lastRuns[stretch], time);
  }

  void switched(long offNs) {
    switches++;
    off += offNs;
  }

  /** The thread left a CPU on which switches are not counted. */
  void switchedOutside(long offNs) {
    wasOutside = true;
    off += offNs;
  }

  /** Whether it ran on CPUs on which switches are not counted. */
  boolean wasOutside() {
    return wasOutside;
  }

  void moved(long time, int from, int to) {
    if (moved == MAX_MOVES) {
      tooManyMoves = true;
      return;
    }
    if (moved == moves.length) {
      moves = Arrays.copyOf(moves, Math.max(4, moved * 2));
      targets = Arrays.copyOf(targets, moves.length);
    }
    int at = moved++;
    // Nearly always the last; buffers of several CPUs are not in order.
    for (; at > 0 && moves[at - 1] > time; at--) {
      moves[at] = moves[at - 1];
      targets[at] = targets[at - 1];
    }
    moves[at] = time;
    targets[at] = to;
    if (at == 0) {
      cpuAtFirst = from;
    }
  }

  /** When it is first known to have run; the end of time if that is not known. */
  long firstRun() {
    return firstRun;
  }

  /** When it is last known to have run in a stretch of sound evidence; else the begin of time. */
  long lastRun(int stretch) {
    return stretch < lastRuns.length ? lastRuns[stretch] : Long.MIN_VALUE;
  }

  /** Recorded switches away from the CPU, those that were recorded as exemplars too. */
  long switches() {
    return switches;
  }

  /** How long it was off the CPU by all of these, nanoseconds. */
  long off() {
    return off;
  }

  /** Whether all moves are known, of which there were so many. */
  boolean movesKnown(long counted) {
    return !tooManyMoves && moved >= counted;
  }

  /** Index of the first move after a time. */
  int moveAfter(long time) {
    int at = Arrays.binarySearch(moves, 0, moved, time);
    // Of moves at the same nanosecond the search may find any.
    while (at >= 0 && at < moved && moves[at] <= time) {
      at++;
    }
    return at >= 0 ? at : -at - 1;
  }

  /** When a move was; the end of time if there is none of that index. */
  long moveTime(int index) {
    return index < moved ? moves[index] : Long.MAX_VALUE;
  }

  /** CPU on which the thread was before a move; -1 if that is not known. */
  int cpuBefore(int index) {
    return index == 0 ? cpuAtFirst : targets[index - 1];
  }
}
