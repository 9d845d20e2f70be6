package latencyscope.cli.monitor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what the view costs below a share of a CPU: reading an event takes some 30 µs, and their
 * number depends on the threshold. Doubles the threshold while the view costs too much, and halves
 * it when there is room again. Used by one thread.
 */
final class ThresholdControl {
  /** Percent of one CPU. */
  static final double MOST_PERCENT = 1.0;

  // Halving a threshold may double the number of events.
  private static final double ROOM_PERCENT = 0.4;

  /** What somebody must see stays: a time slice of the scheduler is longer. */
  static final Duration HIGHEST = Duration.ofMillis(1);

  /** Until then, what it costs is mostly that its code is compiled. */
  static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(30);

  /** The cost is a mean over ten seconds: a change shows after that time. */
  static final long SETTLED_NS = TimeUnit.SECONDS.toNanos(11);

  private final Duration lowest;
  private Duration threshold;
  private long nextAt;

  /**
   * @param lowest the threshold that was asked for
   * @param now {@link System#nanoTime}
   */
  ThresholdControl(Duration lowest, long now) {
    this.lowest = lowest;
    threshold = lowest;
    nextAt = now + WARM_UP_NS;
  }

  /** The threshold that is in force. */
  Duration threshold() {
    return threshold;
  }

  /**
   * Takes what the view costs.
   *
   * @param percent of one CPU; negative if it is not known yet
   * @param now {@link System#nanoTime}
   * @return whether the threshold is another one now
   */
  boolean costs(double percent, long now) {
    if (percent < 0 || now - nextAt < 0) {
      return false;
    }
    Duration before = threshold;
    if (percent > MOST_PERCENT && threshold.compareTo(HIGHEST) < 0) {
      Duration doubled = threshold.multipliedBy(2);
      threshold = doubled.compareTo(HIGHEST) > 0 ? HIGHEST : doubled;
    } else if (percent < ROOM_PERCENT && threshold.compareTo(lowest) > 0) {
      Duration half = threshold.dividedBy(2);
      threshold = half.compareTo(lowest) < 0 ? lowest : half;
    }
    nextAt = now + SETTLED_NS;
    return !threshold.equals(before);
  }
}
