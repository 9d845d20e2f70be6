package latencyscope.cli.monitor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what the view costs below a share of a CPU, as far as that depends on the number of events:
 * raises the threshold while they cost too much, and halves it when there is room again. Used by
 * one thread.
 */
final class ThresholdControl {
  /** Percent of one CPU. */
  static final double MOST_PERCENT = 1.0;

  // Halving a threshold may double the number of events.
  private static final double ROOM_PERCENT = 0.4;

  /** Of events: no threshold makes a view of a quiet process cheaper. */
  private static final double NO_MATTER_PERCENT = 0.2;

  /** To read an event; {@code benchmarks/monitor.sh} has what they cost in all. */
  private static final double EVENT_PERCENT_SECONDS = 30e-6 * 100;

  private static final int MOST_DOUBLINGS = 4;

  /** What somebody must see stays: a time slice of the scheduler is longer. */
  static final Duration HIGHEST = Duration.ofMillis(1);

  /** Until then, what it costs is mostly that its code is compiled. */
  static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(30);

  /** The cost is a mean over ten seconds: a change shows after that time. */
  static final long SETTLED_NS = TimeUnit.SECONDS.toNanos(11);

  private final Duration lowest;
  private Duration threshold;
  private long nextAt;
  private long countedAt;
  private long counted;

  /**
   * @param lowest the threshold that was asked for
   * @param now {@link System#nanoTime}
   */
  ThresholdControl(Duration lowest, long now) {
    this.lowest = lowest;
    threshold = lowest;
    nextAt = now + WARM_UP_NS;
    countedAt = now;
  }

  /** The threshold that is in force. */
  Duration threshold() {
    return threshold;
  }

  /**
   * Takes what the view costs.
   *
   * @param percent of one CPU; negative if it is not known yet
   * @param events how many there were since the view began
   * @param now {@link System#nanoTime}
   * @return whether the threshold is another one now
   */
  boolean costs(double percent, long events, long now) {
    if (percent < 0 || now - nextAt < 0) {
      return false;
    }
    double seconds = (double) (now - countedAt) / TimeUnit.SECONDS.toNanos(1);
    double ofEvents = Math.min(percent, (events - counted) / seconds * EVENT_PERCENT_SECONDS);
    Duration before = threshold;
    if (percent > MOST_PERCENT && ofEvents > NO_MATTER_PERCENT) {
      if (threshold.compareTo(HIGHEST) < 0) {
        Duration raised = threshold.multipliedBy(1L << doublings(percent, ofEvents));
        threshold = raised.compareTo(HIGHEST) > 0 ? HIGHEST : raised;
      }
    } else if ((percent < ROOM_PERCENT || ofEvents < NO_MATTER_PERCENT / 2)
        && threshold.compareTo(lowest) > 0) {
      Duration half = threshold.dividedBy(2);
      threshold = half.compareTo(lowest) < 0 ? lowest : half;
    }
    nextAt = now + SETTLED_NS;
    countedAt = now;
    counted = events;
    return !threshold.equals(before);
  }

  /** As many as make the events fit beside what the view costs without any. */
  private static int doublings(double percent, double ofEvents) {
    double room = Math.max(NO_MATTER_PERCENT, MOST_PERCENT - (percent - ofEvents));
    double times = Math.ceil(Math.log(ofEvents / room) / Math.log(2));
    return (int) Math.max(1, Math.min(times, MOST_DOUBLINGS));
  }
}
