package latencyscope.ledger.explain;

import java.util.Arrays;

/** Lengths in ascending order; immutable. */
public final class Sorted {
  private final long[] values;

  /** Copies and sorts. */
  public Sorted(long[] unordered) {
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
