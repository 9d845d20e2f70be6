package latencyscope.ledger;

import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.fact.CaptureInterval;

/**
 * The stretches of time of which all events of a module are in the recording: those in which it
 * captured, its records were read, and none was lost. Immutable.
 */
final class Evidence {
  static final Evidence NONE = new Evidence("", List.of());

  private static final int NOWHERE = -1;
  private static final long GAP_NS = 1_000_000;

  private final List<Interval> sound = new ArrayList<>();
  private final long begin;
  private final long end;
  private final boolean interrupted;

  /**
   * @param intervals those of the module, in order of time
   */
  Evidence(String module, List<CaptureInterval> intervals) {
    boolean gap = false;
    for (int i = 0; i < intervals.size(); i++) {
      CaptureInterval interval = intervals.get(i);
      gap |= i > 0 && interval.start() - intervals.get(i - 1).end() > GAP_NS;
      if (interval.isComplete(module)) {
        sound.add(new Interval(interval.start(), interval.end()));
      }
    }
    interrupted = gap;
    begin = intervals.isEmpty() ? 0 : intervals.get(0).start();
    end = intervals.isEmpty() ? 0 : intervals.get(intervals.size() - 1).end();
  }

  /** When the module began to record. */
  long begin() {
    return begin;
  }

  /** Until when its records were read at the last time. */
  long end() {
    return end;
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /** The stretches without a loss, in order of time. */
  List<Interval> sound() {
    return sound;
  }

  /** Index of the stretch without a loss that a time is in; negative if it is in none. */
  int indexOf(long time) {
    int low = 0;
    int high = sound.size() - 1;
    while (low <= high) {
      int middle = (low + high) / 2;
      Interval interval = sound.get(middle);
      if (time < interval.start()) {
        high = middle - 1;
      } else if (time > interval.end()) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return NOWHERE;
  }
}
