package latencyscope.guest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import jdk.jfr.Recording;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Histogram;
import org.junit.jupiter.api.Test;

class RecordedEventsTest {
  private static final String COUNTER = "latencyscope.Counter";
  private static final String HISTOGRAM = "latencyscope.Histogram";

  private final RecordedEvents recorded =
      new RecordedEvents(List.of(Counter.class, Histogram.class));

  @Test
  void whatIsWantedAtEveryLookWithItsHighestThreshold() {
    try (Recording recording = new Recording()) {
      recording.enable(COUNTER);
      recording.enable(HISTOGRAM);
      recording.start();
      recorded.look(name -> name.equals(COUNTER) ? 10 : 0);
      recorded.look(name -> name.equals(COUNTER) ? 5 : 0);
      assertEquals("Counter=10+Histogram", recorded.take());
      recorded.look(name -> 0);
      recording.disable(COUNTER);
      recorded.look(name -> 0);
      assertEquals("Histogram", recorded.take());
    }
  }

  @Test
  void nothingIsWantedWithoutARecording() {
    recorded.look(name -> 0);
    assertEquals("", recorded.take());
    assertEquals("", recorded.take());
  }
}
