package latencyscope.cli.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThresholdControlTest {
  private static final Duration ASKED = Duration.ofNanos(10_000);

  private final ThresholdControl control = new ThresholdControl(ASKED, 0);
  private long now = ThresholdControl.WARM_UP_NS;

  private boolean costs(double percent) {
    boolean changed = control.costs(percent, now);
    now += ThresholdControl.SETTLED_NS;
    return changed;
  }

  @Test
  void warmUpAndTheTimeAfterAChangeDoNotCount() {
    assertFalse(control.costs(9, ThresholdControl.WARM_UP_NS - 1));
    assertTrue(control.costs(9, now));
    assertFalse(control.costs(9, now + ThresholdControl.SETTLED_NS - 1));
    assertEquals(ASKED.multipliedBy(2), control.threshold());
  }

  @Test
  void itRisesWhileItCostsTooMuchAndNoHigherThanATimeSlice() {
    for (int i = 0; i < 20; i++) {
      costs(5);
    }
    assertEquals(ThresholdControl.HIGHEST, control.threshold());
    assertFalse(costs(5));
  }

  @Test
  void itFallsAgainAndNoLowerThanWasAskedFor() {
    assertFalse(costs(0.1));
    assertTrue(costs(3));
    assertTrue(costs(3));
    assertFalse(costs(0.7), "neither too much, nor room for twice as much");
    assertFalse(costs(-1));
    assertTrue(costs(0.2));
    assertTrue(costs(0.2));
    assertEquals(ASKED, control.threshold());
    assertFalse(costs(0.2));
  }

  @Test
  void aLongThresholdThatWasAskedForStays() {
    ThresholdControl longer = new ThresholdControl(Duration.ofMillis(5), 0);
    assertFalse(longer.costs(9, now));
    assertEquals(Duration.ofMillis(5), longer.threshold());
  }
}
