package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import latencyscope.recording.fact.ClockCheck;
import latencyscope.recording.fact.ClockCheck.Sync;
import org.junit.jupiter.api.Test;

class ClockCheckTest {
  @Test
  void withoutReadingsNothingIsKnown() {
    assertEquals(OptionalLong.empty(), ClockCheck.of(List.of()).errorNs());
  }

  @Test
  void aSteadyClockIsOffByItsUncertainty() {
    List<Sync> steady =
        List.of(new Sync(3_000, 1_000, 40), new Sync(0, 0, 80), new Sync(6_000, 2_000, 60));
    assertEquals(OptionalLong.of(80), ClockCheck.of(steady).errorNs());
  }

  @Test
  void driftIsTheDistanceFromThePredictedLine() {
    List<Sync> drifting =
        List.of(new Sync(0, 0, 10), new Sync(1_000, 1_000, 10), new Sync(2_000, 2_500, 10));
    assertEquals(new ClockCheck(3, 10, 500), ClockCheck.of(drifting));
  }
}
