package latencyscope.contract.check;

import latencyscope.contract.Bound;
import latencyscope.recording.event.Distribution;
import org.apache.commons.numbers.gamma.RegularizedBeta;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/** What a bound makes of occurrences. */
enum Judgement {
  KEPT,
  BROKEN,
  /** There are too few occurrences to know. */
  UNSURE;

  private static final double SIGNIFICANCE = 0.05;
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Judges occurrences.
   *
   * @param ns time in which they were counted
   */
  static Judgement of(Bound bound, Occurrences seen, long ns) {
    if (bound instanceof Bound.Longest longest) {
      return kept(seen.beyond(longest.ns()) == 0);
    } else if (bound instanceof Bound.Most most) {
      return kept(seen.remaining() <= most.count());
    } else if (bound instanceof Bound.Rate rate) {
      return rate(seen.remaining(), rate.perSecond() * ns / NANOS_PER_SECOND);
    } else if (bound instanceof Bound.Share share) {
      return kept(seen.total() <= share.nsPerSecond() * ns / NANOS_PER_SECOND);
    }
    return percentile((Bound.Percentile) bound, seen);
  }

  /** The time beyond a bound, nanoseconds: so much less of it, and the bound would be kept. */
  static long excess(Bound bound, Occurrences seen, long ns) {
    if (bound instanceof Bound.Share share) {
      return seen.total() - Math.round(share.nsPerSecond() * ns / NANOS_PER_SECOND);
    }
    long allowed =
        bound instanceof Bound.Longest longest
            ? longest.ns()
            : bound instanceof Bound.Percentile percentile ? percentile.ns() : 0;
    long[] sum = {0};
    seen.lengths().forEachBin((length, count) -> sum[0] += Math.max(0, length - allowed) * count);
    // Without bins, the longest is known.
    return Math.max(sum[0], seen.lengths().max() - allowed);
  }

  private static Judgement kept(boolean kept) {
    return kept ? KEPT : BROKEN;
  }

  // One occurrence in a short capture is more than a low rate allows, and proves nothing: only a
  // number that the allowed rate would give by chance once in 20 captures, or less, is too many.
  private static Judgement rate(long count, double allowed) {
    if (count <= allowed) {
      return KEPT;
    }
    boolean enough = allowed == 0 || allowed >= Distribution.EXPECTED_BEYOND;
    return enough || RegularizedGamma.P.value(count, allowed) < SIGNIFICANCE ? BROKEN : UNSURE;
  }

  // The same for a percentile: of 20 occurrences, one is beyond P99.9 in 2 of 100 captures.
  private static Judgement percentile(Bound.Percentile bound, Occurrences seen) {
    long n = seen.lengths().binned();
    if (n < seen.count()) {
      return seen.lengths().max() <= bound.ns() ? KEPT : UNSURE;
    }
    if (n == 0) {
      return KEPT;
    }
    double share = 1 - bound.percent() / 100;
    long beyond = seen.beyond(bound.ns());
    if (beyond == 0 || beyond <= share * n) {
      return KEPT;
    }
    boolean enough = n >= Distribution.needed(bound.percent());
    boolean improbable = RegularizedBeta.value(share, beyond, n - beyond + 1.0) < SIGNIFICANCE;
    return enough || improbable ? BROKEN : UNSURE;
  }
}
