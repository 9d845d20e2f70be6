package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import latencyscope.trace.SchedPoint.Kind;
import org.junit.jupiter.api.Test;

class SchedTrackTest {
  private static final int A = 10;
  private static final int B = 11;
  private static final int C = 12;
  private static final int SLEEPS = 1;
  private static final int UNKNOWN = TaskState.NOT_RECORDED;

  private static List<String> trace(SchedPoint... points) throws IOException {
    Fixture threads = new Fixture();
    for (int thread : new int[] {A, B, C}) {
      threads.event("Migration", new ThreadId(thread, "t" + thread, 0), 0, 0, 1);
    }
    TextTrace out = new TextTrace();
    SchedTrack track = new SchedTrack(out, new Tasks(List.of(threads.recording())));
    for (SchedPoint point : points) {
      track.accept(point);
    }
    track.finish();
    return out.scheduling;
  }

  private static SchedPoint ran(long from, long to, int task, int state, int next) {
    return new SchedPoint(from, to, 1, Kind.RAN, task, next, state);
  }

  @Test
  void bothEndsOfASwitchAreOne() throws IOException {
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "300 cpu1 10/1 -> 11", "900 cpu1 11/256 -> 0"),
        trace(ran(100, 300, A, SLEEPS, B), ran(300, 900, B, TaskState.PREEMPTED, C)));
  }

  @Test
  void endsThatTheClockPutInTheWrongOrderAreOne() throws IOException {
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "5300 cpu1 10/1 -> 11", "9000 cpu1 11/1 -> 0"),
        trace(ran(100, 5_303, A, SLEEPS, B), ran(5_300, 9_000, B, SLEEPS, 0)));
  }

  @Test
  void aStrangerComesWhenTheThreadHasLeft() throws IOException {
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "5303 cpu1 10/1 -> 99", "9000 cpu1 99/128 -> 0"),
        trace(ran(100, 5_303, A, SLEEPS, 99), ran(5_300, 9_000, 99, UNKNOWN, A)));
  }

  @Test
  void aMomentHasNoLength() throws IOException {
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "100 cpu1 10/128 -> 0"),
        trace(ran(100, 100, A, UNKNOWN, -1)));
  }

  @Test
  void nobodyRunsLongerThanIsKnown() throws IOException {
    assertEquals(
        List.of(
            "100 cpu1 0/0 -> 10",
            "300 cpu1 10/1 -> 0",
            "7000 cpu1 0/0 -> 11",
            "8000 cpu1 11/1 -> 0"),
        trace(ran(100, 300, A, SLEEPS, B), ran(7_000, 8_000, B, SLEEPS, 0)));
  }

  @Test
  void whoWasInterruptedBelowTheThresholdComesBack() throws IOException {
    assertEquals(
        List.of(
            "100 cpu1 0/0 -> 10",
            "2000 cpu1 10/128 -> 11",
            "3000 cpu1 11/1 -> 10",
            "9000 cpu1 10/1 -> 0"),
        trace(ran(100, 9_000, A, SLEEPS, 0), ran(2_000, 3_000, B, SLEEPS, A)));
  }

  @Test
  void eachLeavesWhenItLeftThoughTheyOverlap() throws IOException {
    assertEquals(
        List.of(
            "100 cpu1 0/0 -> 10",
            "2000 cpu1 10/128 -> 11",
            "9000 cpu1 11/128 -> 10",
            "9000 cpu1 10/1 -> 11",
            "20000 cpu1 11/1 -> 0"),
        trace(ran(100, 9_000, A, SLEEPS, 0), ran(2_000, 20_000, B, SLEEPS, 0)));
  }

  @Test
  void aWakeupComesAfterTheLeavingOfTheSameMoment() throws IOException {
    SchedPoint woken = new SchedPoint(300, 300, 1, Kind.WOKEN, A, B, SchedPoint.wakeup(0x10, 3));
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "300 cpu1 10/1 -> 0", "300 cpu1 11/16 wakes 10 on cpu3"),
        trace(ran(100, 300, A, SLEEPS, 0), woken));
  }
}
