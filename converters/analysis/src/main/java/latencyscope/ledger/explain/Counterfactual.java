package latencyscope.ledger.explain;

import java.util.Arrays;
import latencyscope.ledger.Cause;

/**
 * How long the windows of an event type would have been without one cause: its time taken out of
 * each, and nothing else changed.
 *
 * @param cause the cause
 * @param culprit who or what; null if nobody in particular
 * @param cpu CPU on which all of it happened; -1 if it was several
 * @param total its time in all windows, nanoseconds
 * @param windows in how many windows
 * @param without lengths of all windows without it, ascending, nanoseconds
 */
public record Counterfactual(
    Cause cause, String culprit, int cpu, long total, int windows, Sorted without) {
  /** Lengths in ascending order; immutable. */
  public static final class Sorted {
    private final long[] values;

    Sorted(long[] unordered) {
      values = unordered.clone();
      Arrays.sort(values);
    }

    /** How many. */
    public int count() {
      return values.length;
    }

    /** The greatest; 0 if there is none. */
    public long max() {
      return values.length == 0 ? 0 : values[values.length - 1];
    }

    /** The value that a share of them does not exceed; 0 if there is none. */
    public long percentile(double percent) {
      int rank = (int) Math.ceil(Math.nextDown(percent) * values.length / 100);
      return values.length == 0 ? 0 : values[Math.max(0, Math.min(values.length, rank) - 1)];
    }
  }
}
