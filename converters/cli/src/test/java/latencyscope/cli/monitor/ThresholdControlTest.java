package latencyscope.cli.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThresholdControlTest {
  private static final Duration ASKED = Duration.ofNanos(10_000);

  /** Each takes 30 µs: so many a second take 30 % of a CPU. */
  private static final long MANY = 10_000;

  private final ThresholdControl control = new ThresholdControl(ASKED, 0);
  private long now = ThresholdControl.WARM_UP_NS;
  private long events;

  /** A view that has read so many events a second, and costs so much in all. */
  private boolean costs(double percent, long eventsASecond) {
    events += eventsASecond * (ThresholdControl.SETTLED_NS / 1_000_000_000);
    boolean changed = control.costs(percent, events, now);
    now += ThresholdControl.SETTLED_NS;
    return changed;
  }

  @Test
  void warmUpAndTheTimeAfterAChangeDoNotCount() {
    assertFalse(control.costs(1.5, 100_000, ThresholdControl.WARM_UP_NS - 1));
    assertTrue(control.costs(1.5, 100_000, now));
    assertFalse(control.costs(1.5, 200_000, now + ThresholdControl.SETTLED_NS - 1));
    assertEquals(ASKED.multipliedBy(2), control.threshold());
  }

  @Test
  void itRisesAsFarAsTheEventsCostTooMuch() {
    costs(6, 20_000); // the first time is longer
    assertEquals(ASKED.multipliedBy(8), control.threshold());
    costs(1.4, 4_000);
    assertEquals(ASKED.multipliedBy(16), control.threshold());
  }

  @Test
  void itRisesNoHigherThanATimeSlice() {
    for (int i = 0; i < 20; i++) {
      costs(5, MANY);
    }
    assertEquals(ThresholdControl.HIGHEST, control.threshold());
    assertFalse(costs(5, MANY));
  }

  @Test
  void whatAQuietProcessCostsIsNoReasonToShowLess() {
    assertFalse(costs(1.8, 0));
    assertFalse(costs(1.8, 50));
    assertEquals(ASKED, control.threshold());
  }

  @Test
  void itFallsAgainAndNoLowerThanWasAskedFor() {
    assertFalse(costs(0.1, 0));
    assertTrue(costs(1.5, MANY));
    assertTrue(costs(1.5, MANY));
    assertFalse(costs(0.7, 200), "neither too much, nor room for twice as much");
    assertFalse(costs(-1, 0));
    while (control.threshold().compareTo(ASKED) > 0) {
      Duration before = control.threshold();
      assertTrue(costs(1.5, 0), "whatever else it costs");
      assertTrue(control.threshold().compareTo(before) < 0);
    }
    assertEquals(ASKED, control.threshold());
    assertFalse(costs(0.2, 0));
  }

  @Test
  void aLongThresholdThatWasAskedForStays() {
    ThresholdControl longer = new ThresholdControl(Duration.ofMillis(5), 0);
    assertFalse(longer.costs(9, 1_000_000, now));
    assertEquals(Duration.ofMillis(5), longer.threshold());
  }
}
