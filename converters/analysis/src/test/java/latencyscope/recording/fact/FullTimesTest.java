package latencyscope.recording.fact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import latencyscope.recording.fact.FullTimes.Stretch;
import org.junit.jupiter.api.Test;

class FullTimesTest {
  private static final long MS = 1_000_000;

  private final FullTimes times = new FullTimes();

  @Test
  void withoutALogThereIsNone() {
    assertEquals(Map.of(), times.ofModules());
  }

  @Test
  void everyCpuMustReachThere() {
    times.add("isolation", 0, 10 * MS, 50 * MS);
    times.add("isolation", 1, 20 * MS, 60 * MS);
    times.add("irq", 1, 0, 60 * MS);
    assertEquals(
        Map.of(
            "isolation", List.of(new Stretch(20 * MS, 50 * MS)),
            "irq", List.of(new Stretch(0, 60 * MS))),
        times.ofModules());
  }

  /** A dump ends two chunks: what the second has goes on where the first has ended. */
  @Test
  void readingsThatTouchAreOne() {
    times.add("isolation", 0, 10 * MS, 50 * MS);
    times.add("isolation", 1, 10 * MS, 55 * MS);
    times.add("isolation", 0, 50 * MS + 1, 90 * MS);
    times.add("isolation", 1, 55 * MS, 95 * MS);
    assertEquals(List.of(new Stretch(10 * MS, 90 * MS)), times.ofModules().get("isolation"));
  }

  @Test
  void aGapStaysAGap() {
    times.add("isolation", 0, 10 * MS, 50 * MS);
    times.add("isolation", 0, 70 * MS, 90 * MS);
    times.add("isolation", 1, 5 * MS, 80 * MS);
    assertEquals(
        List.of(new Stretch(10 * MS, 50 * MS), new Stretch(70 * MS, 80 * MS)),
        times.ofModules().get("isolation"));
  }
}
