package latencyscope.recording.fact;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * How far the conversion between the kernel's clock and the recorder's can be off.
 *
 * @param syncs pairs of the same instant on both clocks that the recording holds
 * @param uncertaintyNs largest distance of the two readings of a pair, nanoseconds
 * @param driftNs largest distance, nanoseconds, of a pair from the line through the two pairs
 *     before it, which is what a conversion made at that time had to go by
 */
public record ClockCheck(int syncs, long uncertaintyNs, long driftNs) {
  /**
   * One instant on both clocks.
   *
   * @param ticks the recorder's clock, ticks
   * @param monotonicNs CLOCK_MONOTONIC, nanoseconds
   * @param uncertaintyNs how far apart the two readings can be at most
   */
  public record Sync(long ticks, long monotonicNs, long uncertaintyNs) {}

  /** Largest error of an event's time, nanoseconds; empty if the recording does not have it. */
  public OptionalLong errorNs() {
    return syncs == 0 ? OptionalLong.empty() : OptionalLong.of(uncertaintyNs + driftNs);
  }

  public static ClockCheck of(List<Sync> unordered) {
    List<Sync> syncs =
        unordered.stream().distinct().sorted(Comparator.comparingLong(Sync::ticks)).toList();
    long uncertainty = syncs.stream().mapToLong(Sync::uncertaintyNs).max().orElse(0);
    long drift = 0;
    for (int i = 2; i < syncs.size(); i++) {
      drift = Math.max(drift, distance(syncs.get(i - 2), syncs.get(i - 1), syncs.get(i)));
    }
    return new ClockCheck(syncs.size(), uncertainty, drift);
  }

  private static long distance(Sync first, Sync second, Sync next) {
    if (first.ticks == second.ticks) {
      return 0;
    }
    double slope = (double) (second.monotonicNs - first.monotonicNs) / (second.ticks - first.ticks);
    double expected = slope * (next.ticks - second.ticks);
    return Math.round(Math.abs(next.monotonicNs - second.monotonicNs - expected));
  }
}
