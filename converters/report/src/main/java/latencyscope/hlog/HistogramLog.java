package latencyscope.hlog;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import latencyscope.analysis.Report;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.event.Subject;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Writes every in-kernel distribution as an interval of an HdrHistogram log, tagged with module,
 * measure and whose it is. Values are nanoseconds; the log's own column of maxima is milliseconds.
 */
public final class HistogramLog {
  private static final int DIGITS = 3;

  private HistogramLog() {}

  /**
   * Writes the log.
   *
   * @throws IOException if it cannot be written
   * @throws RecordingException if the recording cannot be read again
   */
  public static void write(Report report, EventSource events, OutputStream out)
      throws IOException, RecordingException {
    HistogramLogWriter log = new HistogramLogWriter(out);
    Recording recording = report.recording();
    // Readers leave out what begins before the log does.
    long start = TimeUnit.NANOSECONDS.toMillis(recording.measuredFrom());
    log.outputComment("[Logged with LatencyScope; values are nanoseconds]");
    log.outputLogFormatVersion();
    log.outputStartTime(start);
    log.outputLegend();
    events.read(
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {}

          @Override
          public void accept(MeasuredInterval interval) {
            log.outputIntervalHistogram(histogram(interval, recording));
          }
        });
  }

  private static Histogram histogram(MeasuredInterval interval, Recording recording) {
    Histogram histogram = new Histogram(DIGITS);
    interval.distribution().forEachBin(histogram::recordValueWithCount);
    histogram.setTag(tag(interval, recording));
    histogram.setStartTimeStamp(TimeUnit.NANOSECONDS.toMillis(interval.start()));
    histogram.setEndTimeStamp(
        TimeUnit.NANOSECONDS.toMillis(interval.start() + interval.duration()));
    return histogram;
  }

  /** {@code isolation.runqueue_wakeup:strategy-4720}. */
  static String tag(MeasuredInterval interval, Recording recording) {
    String whose;
    Subject subject = interval.subject();
    if (subject == null) {
      // A thread has one tag, also if it was renamed.
      ThreadId thread = recording.latest(interval.thread());
      whose = thread.name() + '-' + thread.osTid();
    } else {
      whose = subject.kind() + '-' + (subject.name() == null ? "" : subject.name() + '-');
      whose += subject.id() + (subject.cpu() < 0 ? "" : "-cpu" + subject.cpu());
    }
    // The format splits its lines at commas, and its readers at spaces.
    return (interval.module() + '.' + interval.measure() + ':' + whose)
        .replaceAll("[,\\s\\p{Cntrl}]", "_");
  }
}
