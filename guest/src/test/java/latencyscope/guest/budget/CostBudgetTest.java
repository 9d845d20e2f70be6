package latencyscope.guest.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CostBudgetTest {
  private static final long SECOND = 1_000_000_000;
  private static final long THRESHOLD = 10_000;

  /** Of one type: what the floor leaves of a rate, and what each record costs. */
  private static final class Load {
    private final EventFlow flow;
    private double perSecond;
    private double records;

    Load(String type, double perSecond, long thresholdNs) {
      this.perSecond = perSecond;
      flow = new EventFlow(type, () -> (long) records);
      flow.threshold(thresholdNs);
    }

    /** Lengths are spread so that twice the length leaves half of the events. */
    private double kept() {
      return perSecond * flow.thresholdNs() / Math.max(flow.thresholdNs(), flow.floorNs());
    }
  }

  private final Load common = new Load("Common", 50_000, THRESHOLD);
  private final Load rare = new Load("Rare", 500, THRESHOLD);
  private final CostBudget budget = budget(0.01);
  private double nsPerRecord = 1_000;
  private long now;
  private double cpu;
  private double otherPerSecondNs;
  private double other;

  private CostBudget budget(double share) {
    return new CostBudget(share, List.of(common.flow, rare.flow), 0, 0);
  }

  /** A second passes; says what share of it the records cost. */
  private double second(CostBudget budget) {
    now += SECOND;
    double rate = 0;
    for (Load load : List.of(common, rare)) {
      double kept = load.flow.thresholdNs() == 0 ? load.perSecond : load.kept();
      load.records += kept;
      rate += kept;
    }
    cpu += rate * nsPerRecord;
    other += otherPerSecondNs;
    budget.look(now, (long) (cpu + other), (long) cpu, true);
    return rate * nsPerRecord / SECOND;
  }

  private double seconds(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += second(budget);
    }
    return sum / count;
  }

  private void assertThresholdsHold() {
    assertEquals(0, common.flow.floorNs());
    assertEquals(0, rare.flow.floorNs());
  }

  @Test
  void withinTheBudgetThresholdsHold() {
    common.perSecond = 9_000;
    seconds(60);
    assertEquals(0, common.flow.floorNs());
  }

  @Test
  void whatComesMostIsRaisedAndTheRareKeepsItsThreshold() {
    seconds(5);
    assertEquals(8 * THRESHOLD, common.flow.floorNs());
    assertEquals(0, rare.flow.floorNs());
  }

  @Test
  void theShareIsKeptButForTheFirstSeconds() {
    common.perSecond = 30_000; // three times as much as it may have
    seconds(6);
    assertEquals(0, common.flow.floorNs());
    seconds(6);
    assertTrue(common.flow.floorNs() > 0);
    assertTrue(seconds(60) <= 0.01);
  }

  @Test
  void fewRecordsThatCostMuchAreLeftAlone() {
    common.perSecond = 400;
    nsPerRecord = 1_000_000;
    seconds(60);
    assertThresholdsHold();
  }

  @Test
  void aShortBurstIsWhatTheSecondsBeforeHaveSaved() {
    common.perSecond = 20_000;
    seconds(30);
    common.perSecond = 1_000;
    seconds(60);
    assertEquals(0, common.flow.floorNs());
    common.perSecond = 40_000;
    second(budget);
    assertEquals(0, common.flow.floorNs());
    second(budget);
    assertTrue(common.flow.floorNs() > 0);
  }

  @Test
  void twoThatComeAlikeAreRaisedAlike() {
    rare.perSecond = 50_000;
    seconds(10);
    assertEquals(common.flow.floorNs(), rare.flow.floorNs());
    assertTrue(common.flow.floorNs() > THRESHOLD);
  }

  @Test
  void howFarItRisesAtOnceIsBounded() {
    common.perSecond = 5_000_000;
    assertEquals(0, common.flow.floorNs());
    second(budget);
    assertEquals(8 * THRESHOLD, common.flow.floorNs());
    second(budget);
    assertEquals(64 * THRESHOLD, common.flow.floorNs());
  }

  @Test
  void whoWantsEverySingleEventGetsThem() {
    common.flow.threshold(0);
    rare.perSecond = 1_000;
    seconds(30);
    assertEquals(0, common.flow.floorNs());
    assertTrue(rare.flow.floorNs() > THRESHOLD, "what may be raised is");
  }

  @Test
  void whenTheStormIsOverThresholdsHoldAgain() {
    seconds(30);
    assertTrue(common.flow.floorNs() > THRESHOLD);
    common.perSecond = 10;
    seconds(60);
    assertEquals(0, common.flow.floorNs());
  }

  @Test
  void whatRecordsDoNotCauseIsNotTheirs() {
    common.perSecond = 1_000;
    otherPerSecondNs = 0.5 * SECOND;
    seconds(60);
    assertThresholdsHold();
  }

  @Test
  void whatTheRestLeavesIsForRecordsAtLeastHalf() {
    common.perSecond = 30_000;
    otherPerSecondNs = 0.003 * SECOND;
    seconds(30);
    assertTrue(seconds(10) <= 0.007);
    otherPerSecondNs = 0.5 * SECOND;
    seconds(30);
    double share = seconds(10);
    assertTrue(share > 0.001 && share <= 0.005, "share of records " + share);
  }

  @Test
  void withoutABudgetNothingIsRaised() {
    CostBudget none = budget(CostBudget.parse("off"));
    for (int i = 0; i < 60; i++) {
      second(none);
    }
    assertEquals(0, common.flow.floorNs());
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
