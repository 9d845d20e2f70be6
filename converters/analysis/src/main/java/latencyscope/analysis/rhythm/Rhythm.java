package latencyscope.analysis.rhythm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that comes again and again at the same distance: a timer, a job, a watchdog.
 *
 * @param periodNs distance from one occurrence to the next, nanoseconds
 * @param spreadNs what occurrences are off by, typically (1.48 times the median absolute deviation)
 * @param occurrences how many it was seen in
 */
public record Rhythm(long periodNs, long spreadNs, int occurrences) {
  /** Fewer could look regular by chance. */
  public static final int LEAST_OCCURRENCES = 6;

  /** What lies closer together is one occurrence that hit several threads. */
  private static final long SAME_NS = 200_000;

  /** Of the distances, so many must be a multiple of the period: thresholds hide occurrences. */
  private static final double REGULAR = 0.8;

  private static final double OFF_AT_MOST = 0.1;
  private static final double SPREAD_AT_MOST = 0.05;
  private static final int MISSED_AT_MOST = 9;
  private static final double MAD_TO_SIGMA = 1.4826;

  /**
   * The rhythm of occurrences; empty if they have none.
   *
   * @param startsNs when they began, in any order
   */
  public static Optional<Rhythm> of(long[] startsNs) {
    long[] distances = distances(startsNs);
    if (distances.length < LEAST_OCCURRENCES - 1) {
      return Optional.empty();
    }
    long[] sorted = distances.clone();
    Arrays.sort(sorted);
    // Where occurrences are missing, the typical distance may be a multiple of the period.
    return fit(distances, sorted[sorted.length / 2])
        .or(() -> fit(distances, sorted[sorted.length / 4]))
        .or(() -> fit(distances, sorted[0]));
  }

  private static long[] distances(long[] startsNs) {
    long[] starts = startsNs.clone();
    Arrays.sort(starts);
    long[] distances = new long[starts.length];
    int count = 0;
    long last = 0;
    for (int i = 0; i < starts.length; i++) {
      if (i == 0) {
        last = starts[0];
      } else if (starts[i] - last > SAME_NS) {
        distances[count++] = starts[i] - last;
        last = starts[i];
      }
    }
    return Arrays.copyOf(distances, count);
  }

  private static Optional<Rhythm> fit(long[] distances, long candidateNs) {
    long span = 0;
    long periods = 0;
    int fitting = 0;
    for (long distance : distances) {
      long multiple = Math.round((double) distance / candidateNs);
      if (fits(distance, multiple, candidateNs)) {
        span += distance;
        periods += multiple;
        fitting++;
      }
    }
    if (fitting < REGULAR * distances.length) {
      return Optional.empty();
    }
    double period = (double) span / periods;
    double[] off = new double[fitting];
    int next = 0;
    for (long distance : distances) {
      long multiple = Math.round((double) distance / candidateNs);
      if (fits(distance, multiple, candidateNs)) {
        off[next++] = Math.abs(distance - multiple * period);
      }
    }
    Arrays.sort(off);
    long spread = Math.round(off[off.length / 2] * MAD_TO_SIGMA);
    return spread > SPREAD_AT_MOST * period
        ? Optional.empty()
        : Optional.of(new Rhythm(Math.round(period), spread, distances.length + 1));
  }

  private static boolean fits(long distance, long multiple, long candidate) {
    return multiple >= 1
        && multiple <= MISSED_AT_MOST + 1
        && Math.abs(distance - multiple * candidate) <= OFF_AT_MOST * candidate;
  }

  /** Such as {@code every 47.0 s ± 0.1 s}. */
  public String describe() {
    double unit = periodNs >= 1_000_000_000 ? 1e9 : periodNs >= 1_000_000 ? 1e6 : 1e3;
    String name = unit == 1e9 ? "s" : unit == 1e6 ? "ms" : "µs";
    // As many digits as the spread leaves sense in.
    int digits = spreadNs / unit > 0.05 || spreadNs / unit < 0.0005 ? 1 : 3;
    String format = "every %." + digits + "f %s ± %." + digits + "f %s";
    return String.format(Locale.ROOT, format, periodNs / unit, name, spreadNs / unit, name);
  }
}
