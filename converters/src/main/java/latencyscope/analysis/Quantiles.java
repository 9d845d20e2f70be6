package latencyscope.analysis;

import latencyscope.recording.Distribution;

/**
 * A distribution that a report shows by its percentiles.
 *
 * @param title what was measured
 * @param noun one of its occurrences
 * @param distribution all occurrences
 */
public record Quantiles(String title, String noun, Distribution distribution) {
  /** A distribution of waits. */
  Quantiles(String title, Distribution distribution) {
    this(title, "wait", distribution);
  }
}
