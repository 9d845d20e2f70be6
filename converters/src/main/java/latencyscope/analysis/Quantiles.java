package latencyscope.analysis;

import latencyscope.recording.Distribution;

/**
 * A distribution that a report shows by its percentiles.
 *
 * @param title what was measured
 * @param distribution all occurrences
 */
public record Quantiles(String title, Distribution distribution) {}
