package latencyscope.fleet.metrics;

import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import latencyscope.recording.event.Distribution;

/**
 * A distribution in base-2 exponential buckets. Ours have bins of at most 0.1 % of their value;
 * each goes into the bucket that holds its greatest value, which is at most 0.1 % too high. A
 * bucket is 2.2 % wide. Counts are exact.
 *
 * @param zero occurrences of no time
 * @param buckets the others, in seconds
 */
record Buckets(long zero, ExponentialHistogramBuckets buckets) {
  /** Each power of two has 2^5 buckets. */
  static final int SCALE = 5;

  private static final int IN_POWER = 1 << SCALE;
  private static final double NS = 1e-9;

  static Buckets of(Distribution distribution) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    long[] zero = new long[1];
    distribution.forEachBin((upper, count) -> {
      if (upper <= 0) {
        zero[0] += count;
      } else {
        counts.merge(index(upper * NS), count, Long::sum);
      }
    });
    if (counts.isEmpty()) {
      return new Buckets(zero[0], ExponentialHistogramBuckets.create(SCALE, 0, List.of()));
    }
    int first = counts.firstKey();
    List<Long> dense = new ArrayList<>(Collections.nCopies(counts.lastKey() - first + 1, 0L));
    counts.forEach((index, count) -> dense.set(index - first, count));
    return new Buckets(zero[0], ExponentialHistogramBuckets.create(SCALE, first, dense));
  }

  /** Which bucket holds a value: above the bound of its index, and up to that of the next. */
  static int index(double seconds) {
    int index = (int) Math.ceil(Math.log(seconds) / Math.log(2) * IN_POWER) - 1;
    while (bound(index) >= seconds) {
      index--;
    }
    while (bound(index + 1) < seconds) {
      index++;
    }
    return index;
  }

  /** Lower bound of a bucket, seconds. */
  static double bound(int index) {
    return Math.pow(2, (double) index / IN_POWER);
  }
}
