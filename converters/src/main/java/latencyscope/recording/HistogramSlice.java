package latencyscope.recording;

/**
 * Distribution of one measure of one thread over one interval, as an event carries it.
 *
 * @param module module that measured
 * @param measure what was measured
 * @param thread the thread; id 0 if the measure is not a thread's
 * @param count number of occurrences
 * @param total sum of all values, nanoseconds
 * @param max largest value, nanoseconds
 * @param unbinned occurrences in the count that are not in the distribution
 * @param encoded compressed HdrHistogram (V2) in Base64; null or "" if there is none
 */
record HistogramSlice(
    String module,
    String measure,
    ThreadId thread,
    long count,
    long total,
    long max,
    long unbinned,
    String encoded) {}
