package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Report;
import latencyscope.analysis.ReportTree;
import latencyscope.analysis.finding.Finding;
import latencyscope.recording.Fixture;
import latencyscope.recording.Recording;
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
  void aStallThatTheReserveMadeHarmlessIsNoWarning() {
    fixture.add(
        "DrainStall", "startTime", Fixture.START, "duration", 950_000_000L, "harmless", true);
    assertEquals(Set.of(), Set.copyOf(fixture.recording().notes()));
  }

  @Test
  void aRecordingThatEndedBeforeAnyModuleWasAttachedSaysSoAndNothingElse() {
    Fixture loading = new Fixture();
    loading.probe("capture", null, "loading", "The agent was loading.", "Record for longer.");
    Report report = loading.report();
    List<String> titles = report.findings().stream().map(Finding::title).toList();
    assertEquals(List.of("The recording ended before any module was attached"), titles);
    assertEquals("The agent was loading.", report.findings().get(0).evidence());
    // It was attached by the end of the next chunk.
    loading.capture("", "").probe("isolation", "ls_sched_switch", "attached", null, null);
    assertEquals(List.of(), loading.report().findings());
  }

  @Test
  void eachModuleHasItsOwnTimeInTheReport() {
    long second = 1_000_000_000;
    Fixture apart = new Fixture().capture("isolation+irq", "", "");
    apart.moduleCapture("isolation", -8 * second, 10 * second, -7 * second, 10 * second);
    apart.moduleCapture("irq", -second / 2, 10 * second, 0, 10 * second);
    Report report = apart.report();
    String line = "Captured: isolation 18.0s from 14:31:59.5, irq 10.5s from 14:32:07.0";
    List<String> header = new Header(report, ZoneOffset.UTC).lines();
    assertTrue(header.contains(line), header::toString);
    Metrics captured = (Metrics) ReportTree.of(report).get("captured");
    Metrics isolation = (Metrics) captured.get("isolation");
    assertEquals(18 * second, isolation.get("duration_ns"));
    assertEquals("2026-11-22T14:31:59.500Z", isolation.get("from"));
    assertEquals("2026-11-22T14:32:17.500Z", isolation.get("until"));
  }

  @Test
  void aCaptureThatKeptUpHasNothingToSay() {
    assertTrue(fixture.recording().notes().isEmpty());
  }
}
