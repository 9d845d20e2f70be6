package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a recording says of the host and of what the capture itself could not keep up with. */
class CaptureAccountTest {
  private final Fixture fixture = new Fixture().capture("", "");

  @Test
  void theLatestOfEachFactHolds() {
    for (String governor : List.of("powersave", "performance")) {
      fixture.add("HostFact", "name", "governor", "value", governor, "source", "/sys");
    }
    assertEquals(Map.of("governor", "performance"), fixture.recording().hostFacts());
  }

  @Test
  void raisedThresholdsAreSaidWithTheHighest() {
    for (long floor : new long[] {1_000, 4_000, 0}) {
      fixture.add("BudgetExceeded", "share", 0.02, "budget", 0.01, "floor", floor);
    }
    String note = fixture.recording().notes().iterator().next();
    assertTrue(note.contains("only events from 4 µs on"), note);
  }

  @Test
  void eachTypeWhoseThresholdWasRaisedIsSaidWithItsHighest() {
    raise("latencyscope.SocketDelivery", 80_000);
    raise("latencyscope.SocketDelivery", 160_000);
    raise("latencyscope.ContextSwitch", 20_000);
    raise("latencyscope.ContextSwitch", 0);
    Recording recording = fixture.recording();
    String note = recording.notes().iterator().next();
    assertTrue(
        note.contains("only SocketDelivery from 160 µs on, ContextSwitch from 20 µs on;"), note);
    assertEquals(20_000, recording.highestFloor("ContextSwitch"));
    assertEquals(0, recording.highestFloor("RunQueueWait"));
  }

  private void raise(String type, long floor) {
    fixture.add("BudgetExceeded", "eventType", type, "floor", floor);
  }

  @Test
  void stallsAreCountedAndTheLongestIsSaid() {
    for (long ns : new long[] {150_000_000, 950_000_000}) {
      fixture.add("DrainStall", "startTime", Fixture.START, "duration", ns, "pending", 4096L);
    }
    String note = fixture.recording().notes().iterator().next();
    assertTrue(note.contains("2 times, for 950 ms at worst"), note);
  }

  @Test
  void aCaptureThatKeptUpHasNothingToSay() {
    assertTrue(fixture.recording().notes().isEmpty());
  }
}
