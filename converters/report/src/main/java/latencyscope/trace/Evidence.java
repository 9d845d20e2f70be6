package latencyscope.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.fact.Floor;
import latencyscope.recording.thread.ThreadId;

/**
 * Knows whether a thread that came in and left again ran in between: whether a stay off its CPU may
 * be missing. Filled first, asked then. Not safe for use by several threads.
 *
 * <p>What is shorter than the threshold that the user chose is missing anywhere, and is not
 * regarded. What is missing beyond that is: where records were lost, between two captures, on CPUs
 * that were not captured, and while a threshold was raised.
 */
final class Evidence {
  private static final String MODULE = "isolation";
  private static final String SWITCH = EventTypes.CONTEXT_SWITCH;

  private final Recording recording;
  private final CpuSet cpus;
  private final List<Stretch> whole = new ArrayList<>();
  private final List<Stretch> raised = new ArrayList<>();
  private final Map<Long, Long> notRecorded = new HashMap<>();

  private record Stretch(long from, long to) {}

  /**
   * @param offset what to subtract from a time since the epoch
   */
  Evidence(Recording recording, long offset) {
    this.recording = recording;
    cpus = recording.capture().cpus();
    for (CaptureInterval interval : recording.intervals(MODULE)) {
      if (interval.isComplete(MODULE)) {
        whole.add(new Stretch(interval.start() - offset, interval.end() - offset));
      }
    }
    raised(offset);
    recording
        .counters(MODULE)
        .byMeasure()
        .forEach((measure, threads) -> {
          if (measure.endsWith("_switches")) {
            threads.forEach((thread, count) -> notRecorded.merge(key(thread), count, Long::sum));
          }
        });
  }

  private void raised(long offset) {
    long from = Long.MAX_VALUE;
    for (Floor floor : recording.floors()) {
      if (floor.concerns(SWITCH) && floor.length() > 0) {
        from = Math.min(from, floor.time() - offset);
      } else if (floor.concerns(SWITCH) && from != Long.MAX_VALUE) {
        raised.add(new Stretch(from, floor.time() - offset));
        from = Long.MAX_VALUE;
      }
    }
    if (from != Long.MAX_VALUE) {
      raised.add(new Stretch(from, Long.MAX_VALUE));
    }
  }

  private static long key(ThreadId thread) {
    return Pair.of((int) thread.osTid(), (int) thread.javaId());
  }

  /** Takes a stay off the CPU of which there is an event. */
  void recorded(ThreadId thread) {
    notRecorded.computeIfPresent(key(thread), (key, count) -> count - 1);
  }

  /** Whether what happened on a CPU is in the recording at all. */
  boolean isCaptured(int cpu) {
    return cpus.isEmpty() || cpus.contains(cpu);
  }

  /** Whether a thread that came in and left again on the same CPU ran in between. */
  boolean ran(int task, int life, int cpu, long from, long to) {
    return isCaptured(cpu)
        && whole.stream().anyMatch(s -> s.from <= from && to <= s.to)
        && (isAllRecorded(task, life)
            || raised.stream().noneMatch(s -> s.from < to && from < s.to));
  }

  // From the last stay off its CPU a thread has not come back.
  private boolean isAllRecorded(int task, int life) {
    Long left = notRecorded.get(Pair.of(task, life));
    return left != null && left <= 1;
  }
}
