package latencyscope.contract.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import latencyscope.contract.Measure;
import latencyscope.contract.check.ClauseResult.Window;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The window that a violated clause's ledger is of. */
class WorstTest {
  private static final ThreadId FEED = new ThreadId(4721, "md-feed", 0);
  private static final ThreadId RISK = new ThreadId(4722, "risk", 0);

  private static Noise read(Fixture fixture) throws Exception {
    Noise noise = new Noise();
    fixture.source().read(noise);
    return noise;
  }

  /** Three events, the second of which is the longest, and a longer one of another thread. */
  private static Fixture three(String event, Object... more) {
    Fixture fixture = new Fixture().capture("", "");
    fixture.event(event, FEED, 1_000_000, 2_000_000, 1, more);
    fixture.event(event, FEED, 10_000_000, 7_000_000, 1, more);
    fixture.event(event, FEED, 30_000_000, 3_000_000, 1, more);
    return fixture.event(event, RISK, 40_000_000, 9_000_000, 1, more);
  }

  @ParameterizedTest
  @CsvSource({
    "RunQueueWait, culprit, x, RUNQUEUE_WAIT",
    "HardIrq, device, eth0, DEVICE_INTERRUPTS",
    "HardIrq, device, eth0, STOLEN_TIME",
    "SoftIrq, vector, NET_RX, STOLEN_TIME",
    "LocalInterrupt, vector, timer, STOLEN_TIME",
    "PageFault, kind, major, MAJOR_FAULTS",
    "PageFault, kind, minor, MINOR_FAULTS",
    "Sleep, call, nanosleep, SLEEPS",
    "FutexWait, outcome, timed-out, SLEEPS",
    "FutexWait, outcome, woken, LOCKS",
    "BlockingSyscall, call, read, BLOCKING_CALLS"
  })
  void isTheLongestOccurrence(String event, String field, String value, Measure measure)
      throws Exception {
    Noise noise = read(three(event, field, value));
    long start = Fixture.START + 10_000_000;
    assertEquals(
        Optional.of(new Window("md-feed", start, start + 7_000_000)), noise.worst(FEED, measure));
  }

  @Test
  void isAroundWhatHasNoLength() throws Exception {
    Fixture fixture = new Fixture().capture("", "");
    fixture.event("Migration", FEED, 10_000_000, 0, 1, "cause", "wake");
    Window window = read(fixture).worst(FEED, Measure.MIGRATIONS).orElseThrow();
    assertEquals(10_000_000, window.to() - window.from());
  }

  @Test
  void aVoluntarySwitchIsNoPreemption() throws Exception {
    Noise noise = read(three("ContextSwitch", "voluntary", true));
    assertTrue(noise.worst(FEED, Measure.PREEMPTIONS).isEmpty());
    noise = read(three("ContextSwitch", "voluntary", false));
    assertTrue(noise.worst(FEED, Measure.PREEMPTIONS).isPresent());
  }
}
