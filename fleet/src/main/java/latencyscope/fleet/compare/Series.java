package latencyscope.fleet.compare;

import java.util.List;

/**
 * One measure of one host, day by day.
 *
 * @param host the host
 * @param measure what was measured
 * @param days days that have a value, in their order
 * @param values their values, more than 0; more is worse
 */
public record Series(String host, Measure measure, List<String> days, double[] values) {
  /** Copies the list. */
  public Series {
    days = List.copyOf(days);
  }

  int size() {
    return values.length;
  }
}
