package latencyscope.truth.account;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Which of a thread's events are of the switches that the kernel traced. Not by their instants:
 * those of the trace are converted with pairs of two clocks, and a pair that was taken on a busy
 * host is wrong by as much as several switches are apart. By the distances between switches, which
 * two accounts of the same switches have in common, and which no two other stretches share.
 *
 * <p>Each side is looked at by itself: where one account has a switch in between that the other has
 * not, begin and end are apart by more or fewer than there are.
 */
public final class SameSwitches {
  /** Switches whose distances are compared. */
  private static final int STRETCH = 200;

  /** No pair of clocks is wrong by more. */
  private static final Duration FARTHEST = Duration.ofMillis(4);

  /** What two accounts of one distance differ by where an interrupt came between them, and more. */
  private static final long APART_NS = 20_000;

  private SameSwitches() {}

  /** Index of the event that is of the first traced switch. */
  public static int begin(List<Instant> traced, List<Instant> events) {
    return like(traced.subList(0, Math.min(STRETCH, traced.size())), events);
  }

  /** Index behind the event that is of the last traced switch. */
  public static int end(List<Instant> traced, List<Instant> events) {
    int length = Math.min(STRETCH, traced.size());
    return like(traced.subList(traced.size() - length, traced.size()), events) + length;
  }

  /** The first traced switch behind which both accounts have different distances, to say where. */
  public static int firstApart(List<Instant> traced, List<Instant> events, int begin) {
    for (int i = 0; i + STRETCH < traced.size() && begin + i + STRETCH < events.size(); i++) {
      List<Instant> some = traced.subList(i, i + STRETCH);
      if (difference(some, events.subList(begin + i, begin + i + STRETCH)) > APART_NS) {
        return i;
      }
    }
    return traced.size();
  }

  private static int like(List<Instant> traced, List<Instant> events) {
    int best = -1;
    long least = Long.MAX_VALUE;
    for (int i = 0; i + traced.size() <= events.size(); i++) {
      Duration away = Duration.between(traced.get(0), events.get(i)).abs();
      if (away.compareTo(FARTHEST) > 0) {
        continue;
      }
      long difference = difference(traced, events.subList(i, i + traced.size()));
      if (difference < least) {
        least = difference;
        best = i;
      }
    }
    if (best < 0) {
      throw new AssertionError("no event within " + FARTHEST + " of " + traced.get(0));
    }
    return best;
  }

  /** The median of how much the distances differ: single ones may, by any interrupt in between. */
  private static long difference(List<Instant> traced, List<Instant> events) {
    long[] differences = new long[traced.size() - 1];
    for (int i = 0; i < differences.length; i++) {
      Duration one = Duration.between(traced.get(i), traced.get(i + 1));
      Duration other = Duration.between(events.get(i), events.get(i + 1));
      differences[i] = one.minus(other).abs().toNanos();
    }
    Arrays.sort(differences);
    return differences[differences.length / 2];
  }
}
