package latencyscope.contract.check;

import static latencyscope.contract.check.Judgement.BROKEN;
import static latencyscope.contract.check.Judgement.KEPT;
import static latencyscope.contract.check.Judgement.UNSURE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import latencyscope.contract.Bound;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.HistogramSlice;
import org.junit.jupiter.api.Test;

/** How many occurrences decide. */
class JudgementTest {
  private static final long SECOND = 1_000_000_000;

  private static Judgement rate(double perSecond, long count, long seconds) {
    Occurrences seen = new Occurrences(count, Distribution.EMPTY);
    return Judgement.of(new Bound.Rate(perSecond), seen, seconds * SECOND);
  }

  private static Judgement p999(int fast, int slow) {
    LengthCounter lengths = new LengthCounter();
    for (int i = 0; i < fast + slow; i++) {
      lengths.add(i < slow ? 100_000 : 1_000);
    }
    Occurrences seen = new Occurrences(fast + slow, lengths.distribution());
    return Judgement.of(new Bound.Percentile(99.9, 10_000, 0), seen, SECOND);
  }

  @Test
  void oneOccurrenceInAShortTimeDoesNotBreakALowRate() {
    assertEquals(UNSURE, rate(0.01, 1, 10)); // by chance in 10 % of captures
    assertEquals(BROKEN, rate(0.001, 1, 10)); // in 1 %
    assertEquals(BROKEN, rate(0.01, 2, 10)); // in 0.5 %
    assertEquals(KEPT, rate(0.1, 1, 10));
    assertEquals(BROKEN, rate(0, 1, 10));
    assertEquals(BROKEN, rate(1, 11, 10)); // ten are allowed: enough to count
  }

  @Test
  void aSlowOneOfFewDoesNotBreakAPercentile() {
    assertEquals(UNSURE, p999(69, 1)); // by chance in 7 % of captures
    assertEquals(BROKEN, p999(20, 1)); // in 2 %
    assertEquals(BROKEN, p999(98, 2));
    assertEquals(KEPT, p999(1_999, 2));
    assertEquals(BROKEN, p999(2_996, 4)); // 3,000 resolve P99.9
    assertEquals(KEPT, p999(1, 0));
  }

  @Test
  void occurrencesWithoutBinsAreJudgedByTheirMaximum() {
    Distribution max = Distribution.withoutBins(new HistogramSlice(5, 500, 200, 5, null));
    Occurrences seen = new Occurrences(5, max);
    assertEquals(KEPT, Judgement.of(new Bound.Percentile(50, 200, 0), seen, SECOND));
    assertEquals(UNSURE, Judgement.of(new Bound.Percentile(50, 199, 0), seen, SECOND));
    assertEquals(BROKEN, Judgement.of(new Bound.Longest(199), seen, SECOND));
  }
}
