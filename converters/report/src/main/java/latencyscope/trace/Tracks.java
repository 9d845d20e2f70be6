package latencyscope.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.thread.ThreadId;
import latencyscope.report.name.ProcessName;
import latencyscope.timeline.Lane;

/**
 * The rows of a trace, each described when it is first needed. Not safe for use by several threads.
 */
final class Tracks {
  /** Made-up processes have numbers that the kernel does not give: above its greatest. */
  private static final int MADE_UP_PID = 1 << 22;

  private static final int EVERY_PROCESS = MADE_UP_PID + 1;
  private static final int CPUS = MADE_UP_PID + 2;
  static final int FINDINGS = MADE_UP_PID + 3;
  static final int ALPHA = MADE_UP_PID + 4;
  static final int CLOCKS = MADE_UP_PID + 5;

  /** Each recording of a trace has so many. */
  private static final int MADE_UP = 8;

  private final TraceOutput out;
  private final int targetPid;
  private final String targetName;
  private final Map<Object, Track> tracks = new HashMap<>();
  private final Map<Object, List<Row>> rows = new HashMap<>();
  private final LongSupplier ids;
  private final int madeUp;
  private final String suffix;

  /** A row of slices, and up to where it is taken. */
  private static final class Row {
    final Track track;
    long end;

    Row(Track track) {
      this.track = track;
    }
  }

  private record Key(Object parent, String name) {}

  private record Besides(ThreadId thread, String type, int number) {}

  /**
   * @param capture what was captured
   * @param number of the recording in the trace, from 0 on
   * @param suffix what its processes' names have, so that they are distinguished; may be empty
   * @param ids numbers of rows
   */
  Tracks(TraceOutput out, CaptureInfo capture, int number, String suffix, LongSupplier ids) {
    this.out = out;
    this.ids = ids;
    this.suffix = suffix;
    this.madeUp = number * MADE_UP;
    this.targetPid = capture.targetPid() > 0 ? (int) capture.targetPid() : EVERY_PROCESS + madeUp;
    this.targetName =
        capture.targetPid() > 0 ? ProcessName.of(capture.targetCommand()) : "Every process";
  }

  Track target() throws IOException {
    return row(targetPid, targetName);
  }

  /** A made-up process. */
  Track process(int pid, String name) throws IOException {
    return row(pid + madeUp, name);
  }

  private Track row(int pid, String name) throws IOException {
    return track(null, Track.Kind.PROCESS, name + suffix, pid, 0, pid);
  }

  Track thread(ThreadId thread) throws IOException {
    String name = thread.name().isEmpty() ? "thread " + thread.osTid() : thread.name();
    if (thread.osTid() <= 0) {
      // A virtual thread has none: it is a separate row, not a thread of the kernel's.
      return track(target(), Track.Kind.SLICES, name, 0, 0, thread);
    }
    return track(target(), Track.Kind.THREAD, name, targetPid, thread.osTid(), thread);
  }

  /** The row above those of a lane. */
  Track lane(Lane lane) throws IOException {
    if (lane.isCpu()) {
      Track cpus = process(CPUS, "CPUs");
      return track(cpus, Track.Kind.SLICES, "CPU " + lane.cpu(), 0, 0, lane);
    }
    return lane.thread() == null
        ? track(target(), Track.Kind.SLICES, "JVM", 0, 0, lane)
        : thread(lane.thread());
  }

  Track named(Track parent, Track.Kind kind, String name) throws IOException {
    return track(parent, kind, name, 0, 0, new Key(parent.id(), name));
  }

  /** A row of that name on which a slice overlaps with none: the first, where there is room. */
  Track free(Track parent, String name, long start, long end) throws IOException {
    List<Row> candidates =
        rows.computeIfAbsent(new Key(parent.id(), name), k -> new ArrayList<>(1));
    for (Row row : candidates) {
      if (row.end <= start) {
        row.end = end;
        return row.track;
      }
    }
    Row row = new Row(declare(parent, Track.Kind.SLICES, name, 0, 0));
    candidates.add(row);
    row.end = end;
    return row.track;
  }

  /** A row of the process for slices of a thread that are not on its own. */
  Track besides(ThreadId thread, String type, int number) throws IOException {
    String name = type + " · " + thread(thread).name();
    return track(target(), Track.Kind.SLICES, name, 0, 0, new Besides(thread, type, number));
  }

  private Track track(Track parent, Track.Kind kind, String name, long pid, long tid, Object key)
      throws IOException {
    Track known = tracks.get(key);
    if (known == null) {
      known = declare(parent, kind, name, pid, tid);
      tracks.put(key, known);
    }
    return known;
  }

  private Track declare(Track parent, Track.Kind kind, String name, long pid, long tid)
      throws IOException {
    Track track = new Track(ids.getAsLong(), parent, kind, name, pid, tid);
    out.track(track);
    return track;
  }
}
