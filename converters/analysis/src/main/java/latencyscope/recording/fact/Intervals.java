package latencyscope.recording.fact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Which stretches of time were captured, by which module, and in which of them events were lost.
 * Not safe for use by several threads.
 *
 * <p>Two things differ by some milliseconds: the interval in which a module counted, and the one
 * whose events are all in the recording. The first is for rates, the second for what the absence of
 * an event proves.
 */
public final class Intervals {
  // An interval begins at the tick at which the one before it ended.
  private static final long SAME_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<Stretch> captures = new ArrayList<>();
  private final Map<String, List<Stretch>> byModule = new LinkedHashMap<>();
  private final Map<String, CapturedTime> counted = new TreeMap<>();
  private final List<Loss> losses = new ArrayList<>();
  private long chunkStart = Long.MIN_VALUE;

  private record Loss(String module, long time) {
    boolean isOf(String which) {
      return module.equals(which) || module.equals(CaptureInterval.ALL);
    }
  }

  /**
   * A stretch of time of which all events are in the recording.
   *
   * @param reportedAt when it was reported: losses in it were reported before
   * @param chunkStart begin of the chunk that has it
   */
  private record Stretch(long from, long until, long reportedAt, long chunkStart) {}

  /** What is added from now on is in a chunk that began then, nanoseconds since the epoch. */
  public void inChunk(long start) {
    chunkStart = start;
  }

  /**
   * Adds an interval of the whole capture.
   *
   * @param recordsFrom from when on all its events are there
   * @param recordsUntil until when
   */
  public void add(long start, long duration, long recordsFrom, long recordsUntil) {
    captures.add(new Stretch(recordsFrom, recordsUntil, start + duration, chunkStart));
  }

  /** Adds an interval of one module. */
  public void add(String module, CapturedTime time, long recordsFrom, long recordsUntil) {
    counted.merge(module, time, CapturedTime::plus);
    byModule
        .computeIfAbsent(module, m -> new ArrayList<>())
        .add(new Stretch(recordsFrom, recordsUntil, recordsUntil, chunkStart));
  }

  /** Notes that a module's losses were reported at a time: those of the interval around it. */
  public void lost(String module, long time) {
    losses.add(new Loss(module == null ? CaptureInterval.ALL : module, time));
  }

  /** When each module counted, as far as the recording distinguishes them. */
  public Map<String, CapturedTime> counted() {
    return Map.copyOf(counted);
  }

  /**
   * The stretches in order of time of which every event of a module is in the recording, but for
   * those that were lost; those that follow one another and are alike as one.
   *
   * @param module null for all modules together
   */
  public List<CaptureInterval> of(String module) {
    List<Stretch> sorted = new ArrayList<>(byModule.getOrDefault(module, captures));
    sorted.sort(Comparator.comparingLong(Stretch::from));
    NavigableSet<Long> reported = new TreeSet<>();
    captures.forEach(capture -> reported.add(capture.reportedAt()));
    List<CaptureInterval> intervals = new ArrayList<>();
    List<Long> reportedAt = new ArrayList<>();
    for (Stretch stretch : sorted) {
      CaptureInterval last = intervals.isEmpty() ? null : intervals.get(intervals.size() - 1);
      intervals.add(new CaptureInterval(begin(stretch, last), stretch.until(), Set.of()));
      Long at = reported.ceiling(stretch.until());
      reportedAt.add(at == null ? stretch.until() : at);
    }
    losses.stream()
        .filter(loss -> module == null || loss.isOf(module))
        .forEach(loss -> markLost(intervals, reportedAt, loss));
    return joined(intervals);
  }

  // Events of the time before the chunk began may be in the one before. If that was read, its
  // interval ends where this one begins; if not, they are not here.
  private static long begin(Stretch stretch, CaptureInterval last) {
    boolean continues = last != null && stretch.from() - last.end() < SAME_NS;
    long begin = continues ? stretch.from() : Math.max(stretch.from(), stretch.chunkStart());
    return Math.min(begin, stretch.until());
  }

  private static List<CaptureInterval> joined(List<CaptureInterval> intervals) {
    List<CaptureInterval> joined = new ArrayList<>();
    for (CaptureInterval next : intervals) {
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

  // The agent reports losses before the interval in which they happened.
  private static void markLost(List<CaptureInterval> intervals, List<Long> reportedAt, Loss loss) {
    for (int i = 0; i < intervals.size(); i++) {
      if (loss.time() <= reportedAt.get(i) || i == intervals.size() - 1) {
        CaptureInterval interval = intervals.get(i);
        Set<String> incomplete = new HashSet<>(interval.incomplete());
        incomplete.add(loss.module());
        intervals.set(i, new CaptureInterval(interval.start(), interval.end(), incomplete));
        return;
      }
    }
  }
}
