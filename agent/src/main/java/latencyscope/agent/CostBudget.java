package latencyscope.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import latencyscope.jfr.BudgetExceeded;

/**
 * Keeps the drain thread within a share of one CPU by raising the threshold of single events when
 * they come too fast, and lowering it again when they do not. Used by one thread at a time.
 *
 * <p>Only records count: what the set-up and a rare look-up of kernel symbols take would not be
 * helped by a threshold.
 */
final class CostBudget {
  /** Seconds over which the share is taken, and a floor is left alone after it was set. */
  static final int WINDOW = 5;

  /** Fewer than this per second do not make the drain thread busy: something else does. */
  private static final long MANY_RECORDS = 1_000;

  private static final long LOWEST_FLOOR_NS = 500;
  private static final long HIGHEST_FLOOR_NS = 1_000_000_000;

  /** Not more at once: in its first seconds code that is not compiled yet costs several times. */
  private static final long LARGEST_STEP = 8;

  /**
   * Below this part of the budget the floor is lowered: half the floor is at most twice the events.
   */
  private static final double LOW = 0.25;

  private final double budget;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private long floorNs;

  private record Sample(long atNs, long cpuNs, long records) {}

  /**
   * @param budget share of one CPU, such as 0.01; 0 for none
   */
  CostBudget(double budget) {
    this.budget = budget;
  }

  /**
   * Takes what was used until now, about once a second.
   *
   * @param cpuNs CPU time that the drain thread has used so far
   * @param records records that it has drained so far
   * @param lowestThresholdNs the lowest of the recordings' thresholds: what is below has no effect
   * @return the length in nanoseconds from which on events are to be kept; 0 if thresholds hold
   */
  long floorNs(long nowNs, long cpuNs, long records, long lowestThresholdNs) {
    samples.addLast(new Sample(nowNs, cpuNs, records));
    if (budget <= 0 || samples.size() <= WINDOW) {
      return floorNs;
    }
    Sample first = samples.removeFirst();
    double seconds = (nowNs - first.atNs) / 1e9;
    double share = (cpuNs - first.cpuNs) / 1e9 / seconds;
    double rate = (records - first.records) / seconds;
    if (share > budget && rate > MANY_RECORDS && floorNs < HIGHEST_FLOOR_NS) {
      // Twice the length leaves about half of the events.
      long step = Math.clamp(Long.highestOneBit((long) (share / budget)), 2, LARGEST_STEP);
      set(step * Math.max(floorNs, Math.max(LOWEST_FLOOR_NS, lowestThresholdNs)), share);
    } else if (share < budget * LOW && floorNs > 0) {
      set(floorNs / 2 > lowestThresholdNs ? floorNs / 2 : 0, share);
    }
    return floorNs;
  }

  private void set(long newFloorNs, double share) {
    floorNs = newFloorNs;
    samples.clear(); // what comes from now on is another flow
    BudgetExceeded event = new BudgetExceeded();
    event.share = (float) share;
    event.budget = (float) budget;
    event.floor = newFloorNs;
    event.commit();
  }

  /**
   * The share that a text means: {@code 1%}, {@code 0.5%} or {@code off}; "" is the default.
   *
   * @throws IllegalArgumentException if it means none, with a sentence
   */
  static double parse(String text) {
    if (text.isEmpty()) {
      return 0.01;
    }
    if (text.equals("off")) {
      return 0;
    }
    try {
      double percent = Double.parseDouble(text.replaceFirst("\\s*%$", ""));
      if (text.endsWith("%") && percent > 0 && percent <= 100) {
        return percent / 100;
      }
    } catch (NumberFormatException e) {
      // told below, as any other
    }
    throw new IllegalArgumentException(
        "budget '" + text + "' is neither off nor a share of one CPU like 1%");
  }
}
