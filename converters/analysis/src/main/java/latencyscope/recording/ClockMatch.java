package latencyscope.recording;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.chunk.Chunk;
import latencyscope.recording.chunk.ChunkIndex;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds by how much the times of a JVM's own recording are off those of the kernel, from what both
 * saw of the same threads: a thread that the JVM calls parked is off its CPU for most of that time,
 * never for longer. Each pair of such intervals allows for a small range of offsets; the offset
 * that most pairs allow for is the right one, since wrong pairs are spread all over.
 *
 * <p>Needed for recordings of JDKs before 17 alone, whose chunks begin at a whole millisecond by
 * their headers, whenever they really did. Used by a single thread.
 */
public final class ClockMatch implements EventConsumer {
  private static final Set<String> OF_JVM =
      Set.of("jdk.ThreadPark", "jdk.ThreadSleep", "jdk.JavaMonitorWait", "jdk.JavaMonitorEnter");
  private static final Set<String> OF_KERNEL =
      Set.of(EventTypes.CONTEXT_SWITCH, EventTypes.FUTEX_WAIT, EventTypes.SLEEP);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  // Headers are up to a millisecond early; the rest is what the clocks of both may be off.
  private static final long LOWEST = -MILLISECOND / 10;
  private static final long HIGHEST = MILLISECOND + MILLISECOND / 10;

  private static final long STEP = 256;

  // By so few, chance could agree on anything.
  private static final int MIN_MATCHES = 8;
  private static final int MAX_PAIRS = 500_000;

  private final Map<Long, List<long[]>> ofJvm = new HashMap<>();
  private final Map<Long, List<long[]>> ofKernel = new HashMap<>();
  private final List<Map<Long, List<long[]>>> chunks = new ArrayList<>();

  private ClockMatch() {}

  /**
   * The offset of one chunk.
   *
   * @param chunkStart when it began, by its header, nanoseconds since the epoch
   * @param offset what has to be added to its times, nanoseconds
   * @param matches how many waits agree on that
   * @param waits how many there were to agree
   */
  public record Offset(long chunkStart, long offset, int matches, int waits) {}

  /** Whether a file has chunks whose times are early by up to a millisecond. */
  public static boolean isNeeded(Path file) throws RecordingException {
    return ChunkIndex.of(file).chunks().stream().allMatch(c -> isWhole(c.startNanos()));
  }

  // Such a header was a floating point number for a while, which has steps of 256 ns.
  private static boolean isWhole(long nanos) {
    long beyond = Math.floorMod(nanos, MILLISECOND);
    return Math.min(beyond, MILLISECOND - beyond) <= STEP;
  }

  /**
   * Finds the offsets of a JVM's own recording.
   *
   * @param before files with data about it, if any
   * @param own its file
   * @param kernel what the kernel saw meanwhile
   * @return an offset for each of its chunks that has one
   */
  public static List<Offset> of(List<Path> before, Path own, Path kernel)
      throws RecordingException {
    List<Path> files = new ArrayList<>(before);
    files.add(own);
    files.add(kernel);
    ClockMatch match = new ClockMatch();
    Recording.read(files, match);
    int skipped = 0;
    for (Path file : before) {
      skipped += ChunkIndex.of(file).chunks().size();
    }
    List<Offset> offsets = new ArrayList<>();
    int index = skipped;
    for (Chunk chunk : ChunkIndex.of(own).chunks()) {
      offset(chunk.startNanos(), match.chunks.get(index++), match.ofKernel).ifPresent(offsets::add);
    }
    return offsets;
  }

  @Override
  public void accept(KernelEvent event) {
    if (OF_KERNEL.contains(event.type())) {
      add(ofKernel, event.thread(), event.start(), event.duration());
    }
  }

  @Override
  public boolean wants(String type) {
    return OF_JVM.contains(type);
  }

  @Override
  public void accept(JvmEvent event) {
    add(ofJvm, event.thread(), event.start(), event.duration());
  }

  private static void add(
      Map<Long, List<long[]>> intervals, ThreadId thread, long start, long duration) {
    if (thread != null && duration > 0) {
      intervals
          .computeIfAbsent(thread.osTid(), tid -> new ArrayList<>())
          .add(new long[] {start, start + duration});
    }
  }

  @Override
  public void endOfChunk() {
    chunks.add(new HashMap<>(ofJvm));
    ofJvm.clear();
  }

  /** The offset at which what the JVM saw best holds what the kernel did, by thread. */
  static Optional<Offset> offset(
      long chunkStart, Map<Long, List<long[]>> waits, Map<Long, List<long[]>> ofKernel) {
    List<long[]> ranges = new ArrayList<>();
    int all = 0;
    for (Map.Entry<Long, List<long[]>> thread : waits.entrySet()) {
      List<long[]> kernel = ofKernel.get(thread.getKey());
      if (kernel != null) {
        all += thread.getValue().size();
        pair(thread.getValue(), kernel, ranges);
      }
    }
    return densest(ranges, chunkStart, all);
  }

  private static void pair(List<long[]> waits, List<long[]> kernel, List<long[]> ranges) {
    waits.sort(Comparator.comparingLong(wait -> wait[0]));
    kernel.sort(Comparator.comparingLong(wait -> wait[0]));
    int first = 0;
    for (long[] wait : waits) {
      while (first < kernel.size() && kernel.get(first)[0] < wait[0] + LOWEST) {
        first++;
      }
      for (int i = first; i < kernel.size() && ranges.size() < MAX_PAIRS; i++) {
        long[] off = kernel.get(i);
        // The JVM's interval, moved, has to hold the kernel's.
        long least = Math.max(LOWEST, off[1] - wait[1]);
        long most = Math.min(HIGHEST, off[0] - wait[0]);
        if (off[0] - wait[0] > HIGHEST + (wait[1] - wait[0])) {
          break;
        }
        // One that allows for anything says nothing.
        if (least <= most && most - least < MILLISECOND / 4) {
          ranges.add(new long[] {least, most});
        }
      }
    }
  }

  private static Optional<Offset> densest(List<long[]> ranges, long chunkStart, int waits) {
    List<long[]> borders = new ArrayList<>(2 * ranges.size());
    ranges.forEach(range -> {
      borders.add(new long[] {range[0], 1});
      borders.add(new long[] {range[1] + 1, -1});
    });
    borders.sort(
        Comparator.<long[]>comparingLong(border -> border[0]).thenComparingLong(b -> b[1]));
    int open = 0;
    int most = 0;
    long from = 0;
    long to = 0;
    for (int i = 0; i < borders.size(); i++) {
      open += (int) borders.get(i)[1];
      if (open > most && i + 1 < borders.size()) {
        most = open;
        from = borders.get(i)[0];
        to = borders.get(i + 1)[0];
      }
    }
    return most < MIN_MATCHES
        ? Optional.empty()
        : Optional.of(new Offset(chunkStart, (from + to) / 2, most, waits));
  }
}
