package latencyscope.analysis.tally;

import java.util.Comparator;
import java.util.function.ToLongFunction;

/** What began at a time. */
public interface Timed {
  /** Begin, nanoseconds since the epoch. */
  long start();

  /**
   * The costlier is the greater, of several the earliest. Not the one that came first: that is
   * another in a file than in Mission Control.
   */
  static <E extends Timed> Comparator<E> byCost(ToLongFunction<E> cost) {
    return Comparator.comparingLong(cost)
        .thenComparing(Comparator.comparingLong(Timed::start).reversed());
  }
}
