package latencyscope.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.cli.console.UserError;
import latencyscope.recording.event.Distribution;
import org.HdrHistogram.Histogram;

/** How fast the demo engine answered the market while it was recorded, from its own events. */
public final class TickToTrade {
  private static final String EVENT = "demo.TickToTrade";
  private static final int DIGITS = 3;

  private final Histogram nanos = new Histogram(DIGITS);

  private TickToTrade() {}

  /**
   * Reads a recording.
   *
   * @throws UserError if it cannot be read
   */
  public static TickToTrade of(Path recording) throws UserError {
    TickToTrade all = new TickToTrade();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().equals(EVENT)) {
          all.nanos.recordValue(Math.max(0, event.getDuration().toNanos()));
        }
      }
      return all;
    } catch (IOException e) {
      throw new UserError(recording + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** One line: orders, and the percentiles that their number can resolve. */
  public String describe() {
    long orders = nanos.getTotalCount();
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%,d orders while recorded", orders));
    String before = "; tick-to-trade ";
    for (double percent : List.of(50.0, 99.0, 99.9)) {
      if (orders >= Distribution.needed(percent)) {
        line.append(before);
        before = ", ";
        line.append("P").append(percent == Math.rint(percent) ? "" + (long) percent : percent);
        line.append(
            String.format(Locale.ROOT, " %,.1f µs", nanos.getValueAtPercentile(percent) / 1e3));
      }
    }
    return orders == 0
        ? line.toString()
        : line.append(String.format(Locale.ROOT, ", max %,.1f µs", nanos.getMaxValue() / 1e3))
            .toString();
  }
}
