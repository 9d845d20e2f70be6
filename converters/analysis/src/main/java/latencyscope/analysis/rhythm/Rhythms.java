package latencyscope.analysis.rhythm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * When each of many causes struck, to find whether it recurs regularly. Bounded: of each cause the
 * earliest {@value #MOST_OCCURRENCES} are kept, in whatever order they come, and of so many causes.
 * Not safe for use by several threads.
 *
 * @param <K> what distinguishes causes
 */
public final class Rhythms<K> {
  private static final int MOST_CAUSES = 5_000;
  private static final int MOST_OCCURRENCES = 2_000;

  private final Map<K, Series> byCause = new HashMap<>();

  private static final class Series {
    private long[] startsNs = new long[8];
    private int count;

    void add(long startNs) {
      if (count == 2 * MOST_OCCURRENCES) {
        keepEarliest();
      }
      if (count == startsNs.length) {
        startsNs = Arrays.copyOf(startsNs, count * 2);
      }
      startsNs[count++] = startNs;
    }

    // Not those that come first: the order is another in a file than in Mission Control.
    private void keepEarliest() {
      Arrays.sort(startsNs, 0, count);
      count = Math.min(count, MOST_OCCURRENCES);
    }

    LongStream starts() {
      keepEarliest();
      return Arrays.stream(startsNs, 0, count);
    }
  }

  public void add(K cause, long startNs) {
    Series series = byCause.get(cause);
    if (series == null && byCause.size() < MOST_CAUSES) {
      series = new Series();
      byCause.put(cause, series);
    }
    if (series != null) {
      series.add(startNs);
    }
  }

  /** The rhythm in which causes strike that are one; empty if they have none. */
  public Optional<Rhythm> of(Predicate<K> causes) {
    long[] starts =
        byCause.entrySet().stream()
            .filter(entry -> causes.test(entry.getKey()))
            .flatMapToLong(entry -> entry.getValue().starts())
            .toArray();
    return Rhythm.of(starts);
  }
}
