package latencyscope.recording.event;

/**
 * Distribution of one measure over one interval, as an event carries it.
 *
 * @param count number of occurrences
 * @param total sum of all values, nanoseconds
 * @param max largest value, nanoseconds
 * @param unbinned occurrences in the count that are not in the distribution
 * @param encoded compressed HdrHistogram (V2) in Base64; null or "" if there is none
 */
public record HistogramSlice(long count, long total, long max, long unbinned, String encoded) {}
