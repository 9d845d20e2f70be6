package latencyscope.guest.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import jdk.jfr.Recording;
import latencyscope.jfr.isolation.Migration;
import latencyscope.jfr.isolation.RunQueueWait;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On the JDKs of this platform a tick is a nanosecond, or the clock's rate says otherwise. */
class ThresholdTest {
  private static TickClock clock;

  @BeforeAll
  static void calibrate() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.ClockSync");
      jdk.jfr.FlightRecorder.register(latencyscope.jfr.capture.ClockSync.class);
      recording.start();
      clock = new TickClock();
      clock.calibrate();
    }
  }

  private static long nanos(Threshold threshold) {
    long ticks = threshold.ticks();
    return ticks == Threshold.NOT_ENABLED ? ticks : clock.nsIn(ticks);
  }

  @Test
  void theFinerOfTwoRecordingsCounts() throws Exception {
    try (Recording coarse = new Recording();
        Recording fine = new Recording()) {
      coarse.enable(RunQueueWait.class).withThreshold(Duration.ofMillis(3));
      coarse.start();
      Threshold threshold = new Threshold(RunQueueWait.class);
      assertEquals(3_000_000, nanos(threshold), 1);
      fine.enable("latencyscope.RunQueueWait").withThreshold(Duration.ofNanos(777));
      fine.start();
      assertEquals(777, nanos(threshold), 1);
      fine.stop();
      assertEquals(3_000_000, nanos(threshold), 1);
      coarse.disable(RunQueueWait.class);
      assertEquals(Threshold.NOT_ENABLED, nanos(threshold));
    }
  }

  @Test
  void whatNobodyRestrictsIsWantedFromZero() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(Migration.class);
      recording.enable(RunQueueWait.class).withThreshold(Duration.ZERO);
      recording.start();
      assertEquals(0, nanos(new Threshold(Migration.class)));
      assertEquals(0, nanos(new Threshold(RunQueueWait.class)));
    }
  }

  @Test
  void withoutARecordingNothingIsWanted() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(RunQueueWait.class);
      recording.start();
      recording.stop();
      assertEquals(Threshold.NOT_ENABLED, nanos(new Threshold(RunQueueWait.class)));
    }
  }
}
