package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import latencyscope.trace.SchedPoint.Kind;
import org.junit.jupiter.api.Test;

class SchedTrackTest {
  private static final int A = 10;
  private static final int B = 11;
  private static final int FOREIGN = 99;

  private static List<String> trace(SchedPoint... points) throws IOException {
    TextTrace out = new TextTrace();
    SchedTrack track = new SchedTrack(out, task -> task == A || task == B, task -> "t" + task);
    for (SchedPoint point : points) {
      track.accept(point);
    }
    track.finish();
    return out.scheduling;
  }

  private static SchedPoint out(long time, int task, int next, int state) {
    return new SchedPoint(time, 1, Kind.OUT, task, next, state);
  }

  private static SchedPoint in(long time, int task) {
    return new SchedPoint(time, 1, Kind.IN, task, 0, 0);
  }

  @Test
  void bothEndsOfASwitchAreOne() throws IOException {
    assertEquals(
        List.of("100 cpu1 10/1 -> 11", "300 cpu1 11/256 -> 10"),
        trace(out(100, A, B, 1), in(100, B), out(300, B, A, 256), in(300, A)));
  }

  @Test
  void endsThatTheClockPutInTheWrongOrderAreOne() throws IOException {
    assertEquals(
        List.of("100 cpu1 10/1 -> 11", "5303 cpu1 11/256 -> 10"),
        trace(out(100, A, B, 1), in(5_300, A), out(5_303, B, A, 256)));
  }

  @Test
  void whatAForeignTaskDidIsNotMadeUp() throws IOException {
    assertEquals(
        List.of("100 cpu1 10/1 -> 0", "9000 cpu1 0/0 -> 10"),
        trace(out(100, A, FOREIGN, 1), in(9_000, A)));
  }

  @Test
  void aForeignTaskThatWasAloneIsShown() throws IOException {
    assertEquals(
        List.of("100 cpu1 10/256 -> 99", "9000 cpu1 99/128 -> 10"),
        trace(
            out(100, A, FOREIGN, 256),
            new SchedPoint(100, 1, Kind.HELD, FOREIGN, 0, 0),
            in(9_000, A)));
  }

  @Test
  void aTaskIsOnOneCpuAtATime() throws IOException {
    assertEquals(
        List.of("100 cpu1 0/0 -> 10", "500 cpu1 10/128 -> 0", "500 cpu2 0/0 -> 10"),
        trace(in(100, A), new SchedPoint(500, 2, Kind.IN, A, 0, 0)));
  }

  @Test
  void aTaskWhoseComingIsNotRecordedIsShownWhereItIsKnownToHaveRun() throws IOException {
    assertEquals(
        List.of("100 cpu1 10/1 -> 0", "4999 cpu1 0/0 -> 11", "5000 cpu1 11/1 -> 0"),
        trace(out(100, A, 0, 1), out(5_000, B, 0, 1)));
  }
}
