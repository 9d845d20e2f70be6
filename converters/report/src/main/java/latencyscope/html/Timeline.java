package latencyscope.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import latencyscope.timeline.CpuRuns;
import latencyscope.timeline.Lane;
import latencyscope.timeline.Slice;

/**
 * The events of a recording, summed up as they come so that any number of them can be drawn. Not
 * safe for use by several threads.
 *
 * <p>Two levels of detail: every event in the count, sum and maximum of one of {@link #INTERVALS}
 * equal intervals of time, and the longest of each row one by one.
 */
final class Timeline implements Consumer<Slice> {
  /** About two for each column of a wide screen. */
  static final int INTERVALS = 2_400;

  // Numbers that the intervals can be divided by.
  private static final List<Integer> COARSER = List.of(1, 2, 3, 4, 6, 8, 12, 24, 48, 120);
  private static final int LAST = 240;

  // Some 3 MB of the page.
  private static final int MAX_FILLED = 150_000;

  private static final int TOTAL_LONGEST = 40_000;
  private static final int MAX_LONGEST = 500;
  private static final int MIN_LONGEST = 2;

  // A page draws those in sight only: the limit is the size of its data.
  private static final int MAX_LANES = 6_000;

  private static final int MAX_TASKS = 12;
  private static final String OTHERS = "other tasks";

  private final long start;
  private final long duration;
  private final Map<Lane, Map<String, RowSummary>> lanes = new LinkedHashMap<>();
  private long events;
  private int rows;

  /**
   * @param start begin of the capture, nanoseconds since the epoch
   * @param duration its length, nanoseconds
   */
  Timeline(long start, long duration) {
    this.start = start;
    this.duration = Math.max(1, duration);
  }

  @Override
  public void accept(Slice slice) {
    events += slice.exemplar() ? 0 : 1;
    add(slice, slice.type(), LaneState.of(slice));
  }

  /** Takes a time for which a task is known to have run: of a CPU it is that task's row. */
  void addRun(Slice slice) {
    String row = CpuRuns.RAN;
    if (slice.lane().isCpu()) {
      Map<String, RowSummary> rows = lanes.getOrDefault(slice.lane(), Map.of());
      String own = CpuRuns.RAN + " " + slice.name();
      long tasks = rows.keySet().stream().filter(key -> key.startsWith(CpuRuns.RAN + " ")).count();
      row = rows.containsKey(own) || tasks < MAX_TASKS ? own : CpuRuns.RAN + " " + OTHERS;
    }
    add(slice, row, LaneState.ON_CPU);
  }

  private void add(Slice slice, String key, String state) {
    long relative = Math.max(0, Math.min(duration - 1, slice.start() - start));
    int interval = (int) (relative * (double) INTERVALS / duration);
    RowSummary row =
        lanes
            .computeIfAbsent(slice.lane(), lane -> new LinkedHashMap<>())
            .computeIfAbsent(key, type -> newRow(slice, key, state));
    row.add(slice, Math.min(INTERVALS - 1, interval), longest());
  }

  private RowSummary newRow(Slice slice, String key, String state) {
    rows++;
    String task =
        slice.lane().isCpu() && key.startsWith(CpuRuns.RAN + " ")
            ? key.substring(CpuRuns.RAN.length() + 1)
            : null;
    return new RowSummary(slice.type(), slice.module(), state, task);
  }

  /** How many events of a row are kept one by one: fewer where there are many rows. */
  int longest() {
    return Math.max(MIN_LONGEST, Math.min(MAX_LONGEST, TOTAL_LONGEST / rows));
  }

  /** Number of rows in all. */
  int rows() {
    return rows;
  }

  /** How many intervals to take together, so that the page stays small. */
  int together() {
    long filled =
        lanes().stream().flatMap(lane -> rows(lane).stream()).mapToInt(RowSummary::filled).sum();
    return COARSER.stream().filter(k -> filled / k <= MAX_FILLED).findFirst().orElse(LAST);
  }

  long start() {
    return start;
  }

  long duration() {
    return duration;
  }

  /** Number of events in all. */
  long events() {
    return events;
  }

  /** Number of lanes that there is no room for: those with the fewest events. */
  int left() {
    return Math.max(0, lanes.size() - MAX_LANES);
  }

  /** The lanes: CPUs, the JVM, then threads, those with most events first. */
  List<Lane> lanes() {
    List<Lane> busiest = new ArrayList<>(lanes.keySet());
    busiest.sort(Comparator.comparingLong(this::count).reversed());
    List<Lane> shown = new ArrayList<>(busiest.subList(0, Math.min(MAX_LANES, busiest.size())));
    shown.sort(
        Comparator.comparing((Lane lane) -> lane.thread() != null)
            .thenComparing(lane -> !lane.isCpu())
            .thenComparing(Lane::cpu));
    return shown;
  }

  private long count(Lane lane) {
    return rows(lane).stream().mapToLong(RowSummary::count).sum();
  }

  /** The rows of a lane. */
  List<RowSummary> rows(Lane lane) {
    return List.copyOf(lanes.get(lane).values());
  }
}
