package latencyscope.contract.check;

import java.util.OptionalLong;
import latencyscope.recording.event.Distribution;

/**
 * How often something happened to a thread, and how long it took.
 *
 * @param count how often
 * @param lengths of all of them; without an occurrence if they have none
 * @param excused those of the lengths that are not to be held against anybody
 * @param excusedCount how many occurrences are not
 */
record Occurrences(long count, Distribution lengths, Distribution excused, long excusedCount) {
  Occurrences(long count, Distribution lengths) {
    this(count, lengths, Distribution.EMPTY, 0);
  }

  /** The same without those that somebody else caused. */
  Occurrences without(Distribution others, long othersCount) {
    return new Occurrences(count, lengths, others, othersCount);
  }

  /** How many. */
  long remaining() {
    return Math.max(0, count - excusedCount);
  }

  /** Time that they took, nanoseconds. */
  long total() {
    return Math.max(0, lengths.total() - excused.total());
  }

  /** How many were longer. */
  long beyond(long ns) {
    if (lengths.max() <= ns) {
      return 0;
    }
    // Without bins, the maximum is known, and that one at least is longer.
    return Math.max(excused.count() > 0 ? 0 : 1, lengths.beyond(ns) - excused.beyond(ns));
  }

  /** The length that a share of all is not longer than. */
  OptionalLong percentile(double percent) {
    return lengths.nearestRank(percent);
  }
}
