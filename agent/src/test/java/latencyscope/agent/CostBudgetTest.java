package latencyscope.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostBudgetTest {
  private static final long SECOND = 1_000_000_000;
  private static final long THRESHOLD = 10_000;

  private final CostBudget budget = new CostBudget(0.01);
  private long now;
  private long cpu;
  private long records;

  /** Seconds of a load; says what the floor is then. */
  private long run(int seconds, double share, long recordsPerSecond) {
    long floor = -1;
    for (int i = 0; i < seconds; i++) {
      now += SECOND;
      cpu += (long) (share * SECOND);
      records += recordsPerSecond;
      floor = budget.floorNs(now, cpu, records, THRESHOLD);
    }
    return floor;
  }

  @Test
  void withinTheBudgetThresholdsHold() {
    assertEquals(0, run(60, 0.009, 10_000));
  }

  @Test
  void beyondItTheFloorRisesStepByStep() {
    assertEquals(0, run(CostBudget.WINDOW, 0.05, 50_000));
    assertEquals(40_000, run(1, 0.05, 50_000));
    assertEquals(80_000, run(CostBudget.WINDOW + 1, 0.03, 30_000));
    assertEquals(80_000, run(30, 0.009, 9_000));
  }

  @Test
  void howFarItRisesAtOnceIsBounded() {
    run(CostBudget.WINDOW, 0.9, 500_000);
    assertEquals(8 * THRESHOLD, run(1, 0.9, 500_000));
  }

  @Test
  void whenTheStormIsOverThresholdsHoldAgain() {
    run(30, 0.05, 50_000);
    assertTrue(run(1, 0.05, 50_000) > THRESHOLD);
    assertEquals(0, run(60, 0.0001, 10));
  }

  @Test
  void whatRecordsDoNotCauseIsNotTheirs() {
    assertEquals(0, run(60, 0.5, 100));
  }

  @Test
  void withoutABudgetNothingIsRaised() {
    CostBudget none = new CostBudget(CostBudget.parse("off"));
    for (int i = 1; i < 60; i++) {
      assertEquals(0, none.floorNs(i * SECOND, i * SECOND, i * 1_000_000L, THRESHOLD));
    }
  }

  @Test
  void aShareIsReadAsPercent() {
    assertEquals(0.01, CostBudget.parse(""));
    assertEquals(0.005, CostBudget.parse("0.5%"), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "much", "-1%", "0%", "200%"})
  void anythingElseIsAnError(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> CostBudget.parse(text)).getMessage();
    assertTrue(message.contains("'" + text + "'"), message);
  }
}
