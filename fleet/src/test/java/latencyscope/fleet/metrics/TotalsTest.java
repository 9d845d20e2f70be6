package latencyscope.fleet.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.fleet.Recordings;
import latencyscope.recording.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a stream add up to what a recording of them says. */
class TotalsTest {
  @TempDir private Path directory;

  @Test
  void streamAndRecordingAgree() throws Exception {
    Path file = Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
    Totals live = new Totals();
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        live.add(events.readEvent());
      }
    }
    Totals recorded = Totals.of(Recording.read(file));
    assertTrue(recorded.distributions().size() > 10 && recorded.counts().size() > 10);
    assertEquals(occurrences(recorded), occurrences(live));
    assertEquals(sums(recorded), sums(live));
  }

  // A thread may have got its name later: the recording knows the latest one.
  private static Map<String, Long> sums(Totals totals) {
    Map<String, Long> sums = new TreeMap<>();
    totals
        .counts()
        .forEach((series, value) ->
            sums.merge(series.module() + " " + series.measure(), value, Long::sum));
    return sums;
  }

  private static Map<String, Long> occurrences(Totals totals) {
    Map<String, Long> sums = new TreeMap<>();
    totals
        .distributions()
        .forEach((series, of) ->
            sums.merge(series.module() + " " + series.measure(), of.count(), Long::sum));
    return sums;
  }

  @Test
  void aValueIsWithinTheBoundsOfItsBucket() {
    for (double seconds = 1e-9; seconds < 100; seconds *= 1.0007) {
      int index = Buckets.index(seconds);
      assertTrue(
          Buckets.bound(index) < seconds && seconds <= Buckets.bound(index + 1), "" + seconds);
    }
    for (int power = -30; power < 7; power++) {
      assertEquals(power * 32 - 1, Buckets.index(Math.pow(2, power)), "the bound is in the lower");
    }
  }
}
