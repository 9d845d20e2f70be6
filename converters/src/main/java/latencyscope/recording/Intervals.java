package latencyscope.recording;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which stretches of time were captured, and in which of them events were lost. Not safe for use by
 * several threads.
 */
final class Intervals {
  // An interval begins at the tick at which the one before it ended.
  private static final long SAME_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<CaptureInterval> captured = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();

  private record Loss(String module, long time) {}

  /** Adds an interval. */
  void add(long start, long duration) {
    captured.add(new CaptureInterval(start, start + duration, Set.of()));
  }

  /** Notes that a module's losses were told at a time: those of the interval around it. */
  void lost(String module, long time) {
    losses.add(new Loss(module == null ? CaptureInterval.ALL : module, time));
  }

  /** In order of time, those that follow one another and are alike as one. */
  List<CaptureInterval> joined() {
    List<CaptureInterval> sorted = new ArrayList<>(captured);
    sorted.sort(Comparator.comparingLong(CaptureInterval::start));
    for (Loss loss : losses) {
      markLost(sorted, loss);
    }
    List<CaptureInterval> joined = new ArrayList<>();
    for (CaptureInterval next : sorted) {
      CaptureInterval last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null
          && last.incomplete().equals(next.incomplete())
          && next.start() - last.end() < SAME_NS) {
        long end = Math.max(last.end(), next.end());
        joined.set(joined.size() - 1, new CaptureInterval(last.start(), end, last.incomplete()));
      } else {
        joined.add(next);
      }
    }
    return joined;
  }

  // The agent tells losses before it ends the interval in which they happened.
  private static void markLost(List<CaptureInterval> sorted, Loss loss) {
    for (int i = 0; i < sorted.size(); i++) {
      CaptureInterval interval = sorted.get(i);
      if (loss.time() <= interval.end() || i == sorted.size() - 1) {
        Set<String> incomplete = new HashSet<>(interval.incomplete());
        incomplete.add(loss.module());
        sorted.set(i, new CaptureInterval(interval.start(), interval.end(), incomplete));
        return;
      }
    }
  }
}
