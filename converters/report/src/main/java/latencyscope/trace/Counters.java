package latencyscope.trace;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.timeline.Lane;

/**
 * Percentiles of each interval as rows of numbers. Not safe for use by several threads.
 *
 * <p>A value holds from the begin of its interval to its end, so that each row has an end.
 */
final class Counters {
  private static final double[] PERCENTS = {50, 99, 99.9};

  private final TraceOutput out;
  private final Tracks tracks;
  private final long offset;
  private final Map<Track, Last> last = new LinkedHashMap<>();

  private record Last(long end, long value) {}

  /**
   * @param offset what to subtract from a time since the epoch
   */
  Counters(TraceOutput out, Tracks tracks, long offset) {
    this.out = out;
    this.tracks = tracks;
    this.offset = offset;
  }

  void add(MeasuredInterval interval) throws IOException {
    Track parent =
        tracks.lane(
            interval.subject() == null
                ? new Lane(interval.thread(), -1)
                : new Lane(null, interval.subject().cpu()));
    String name = interval.measure();
    if (interval.subject() != null && interval.subject().name() != null) {
      name = interval.subject().name() + " " + name;
    }
    for (double percent : PERCENTS) {
      OptionalLong value = interval.distribution().percentile(percent);
      if (value.isPresent()) {
        String label = name + " P" + (percent == 99.9 ? "99.9" : "" + (int) percent);
        point(parent, label, interval, value.getAsLong());
      }
    }
    point(parent, name + " max", interval, interval.distribution().max());
  }

  private void point(Track parent, String name, MeasuredInterval interval, long value)
      throws IOException {
    Track row = tracks.named(parent, Track.Kind.NANOSECONDS, name);
    long begin = interval.start() - offset;
    out.counter(row, begin, value);
    Last before = last.get(row);
    long end = begin + interval.duration();
    if (end > begin && (before == null || end >= before.end)) {
      last.put(row, new Last(end, value));
    }
  }

  /** Writes where each ends. */
  void finish() throws IOException {
    for (Map.Entry<Track, Last> row : last.entrySet()) {
      out.counter(row.getKey(), row.getValue().end, row.getValue().value);
    }
  }
}
