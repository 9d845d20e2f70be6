package latencyscope.recording.fact;

import static latencyscope.recording.Fixture.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import latencyscope.recording.Fixture;
import latencyscope.recording.Recording;
import org.junit.jupiter.api.Test;

/** Each module has its own time: when it counted, and of which time all its events are there. */
class IntervalsTest {
  private static final long SECOND = 1_000_000_000;
  private static final long MS = 1_000_000;

  private final Fixture fixture = new Fixture();

  private void capture(long from, long until) {
    fixture.add(
        "Capture", "startTime", from, "duration", until - from, "modules", "isolation+memory");
  }

  private void module(String module, long from, long until, long recordsFrom, long recordsUntil) {
    fixture.moduleCapture(module, from, until, recordsFrom, recordsUntil);
  }

  private static CaptureInterval interval(long start, long end) {
    return new CaptureInterval(START + start, START + end, Set.of());
  }

  @Test
  void aModuleHasTheTimeSinceItWasAttachedAndUntilItWasRead() {
    module("isolation", -8 * SECOND, 10 * SECOND, -7 * SECOND, 10 * SECOND + MS);
    module("memory", -SECOND, 10 * SECOND, -SECOND / 2, 10 * SECOND + 2 * MS);
    capture(START, START + 10 * SECOND + 3 * MS);
    Recording recording = fixture.recording();
    assertEquals(
        Optional.of(new CapturedTime(START - 8 * SECOND, START + 10 * SECOND, 18 * SECOND)),
        recording.captured("isolation"));
    assertEquals(11 * SECOND, recording.capturedNs("memory"));
    assertEquals(
        List.of(interval(-7 * SECOND, 10 * SECOND + MS)), recording.intervals("isolation"));
    assertEquals(
        List.of(interval(-SECOND / 2, 10 * SECOND + 2 * MS)), recording.intervals("memory"));
  }

  @Test
  void aModuleThatWasNotCapturedHasNone() {
    capture(START, START + SECOND);
    assertEquals(Optional.empty(), fixture.recording().captured("network"));
    assertEquals(List.of(), fixture.recording().intervals("network"));
    assertEquals(0, fixture.recording().capturedNs("network"));
  }

  @Test
  void olderRecordingsHaveOneIntervalForAll() {
    capture(START, START + SECOND);
    capture(START + SECOND, START + 3 * SECOND);
    Recording recording = fixture.recording();
    assertEquals(
        Optional.of(new CapturedTime(START, START + 3 * SECOND, 3 * SECOND)),
        recording.captured("memory"));
    assertEquals(List.of(interval(0, 3 * SECOND)), recording.intervals("memory"));
  }

  @Test
  void aLossOfOneModuleIsItsOwnAndOfTheIntervalThatReportsItNext() {
    for (long i = 0; i < 3; i++) {
      long end = (i + 1) * SECOND;
      for (String module : List.of("isolation", "memory")) {
        module(module, i * SECOND, end, i * SECOND, end);
      }
      if (i == 1) {
        // Found when the last record had been read, before the interval was reported.
        fixture.add("RecordsLost", "module", "memory", "startTime", START + end + MS, "count", 1L);
      }
      capture(START + i * SECOND + 2 * MS, START + end + 2 * MS);
    }
    Recording recording = fixture.recording();
    assertEquals(List.of(interval(0, 3 * SECOND)), recording.intervals("isolation"));
    List<CaptureInterval> memory = recording.intervals("memory");
    assertEquals(3, memory.size());
    assertTrue(memory.get(0).isComplete("memory"));
    assertFalse(memory.get(1).isComplete("memory"));
    assertTrue(memory.get(2).isComplete("memory"));
  }

  @Test
  void whatAChunkSaysOfTheTimeBeforeItHoldsOnlyWithTheChunkBefore() {
    fixture.inChunk(START);
    module("isolation", 0, SECOND, 0, SECOND);
    fixture.inChunk(START + SECOND + 5 * MS);
    module("isolation", SECOND, 2 * SECOND, SECOND, 2 * SECOND);
    assertEquals(List.of(interval(0, 2 * SECOND)), fixture.recording().intervals("isolation"));
    Fixture later = new Fixture();
    later.inChunk(START + SECOND + 5 * MS);
    later.moduleCapture("isolation", SECOND, 2 * SECOND, SECOND, 2 * SECOND);
    assertEquals(
        List.of(interval(SECOND + 5 * MS, 2 * SECOND)), later.recording().intervals("isolation"));
    assertEquals(SECOND, later.recording().capturedNs("isolation"));
  }
}
