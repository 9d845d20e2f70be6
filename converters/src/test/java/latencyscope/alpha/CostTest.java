package latencyscope.alpha;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.recording.Fixture;
import latencyscope.recording.RecordingException;
import latencyscope.recording.ThreadId;
import org.junit.jupiter.api.Test;

class CostTest {
  private static final CostRate RATE = new CostRate(1_000_000, 0.5);

  private static CostReport costs(Fixture fixture) throws RecordingException {
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    return costs.report(RATE, fixture.recording());
  }

  @Test
  void aMicrosecondAtAMillionAndHalfABasisPointIsFiftyDollars() {
    assertEquals(50, RATE.dollars(1_000));
    assertEquals(0.05, RATE.dollars(1));
  }

  @Test
  void nonsenseIsRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new CostRate(bad, 0.5));
      assertThrows(IllegalArgumentException.class, () -> new CostRate(1e6, bad));
    }
  }

  @Test
  void whatSingleEventsDoNotExplainIsShownAsSuch() throws RecordingException {
    Fixture fixture = Fixture.badDay();
    CostReport costs = costs(fixture);
    long kernels =
        fixture.recording().distribution("isolation", "runqueue_wakeup").orElseThrow().total();
    List<CostReport.Stack> feed =
        costs.stacks().stream()
            .filter(s -> s.frames().get(1).endsWith("after wakeup"))
            .filter(s -> s.frames().get(3).equals("md-feed"))
            .toList();
    assertEquals(kernels, feed.stream().mapToLong(s -> s.leaf().totalNs()).sum());
    assertEquals(80_001, feed.stream().mapToLong(s -> s.leaf().count()).sum());
    assertEquals(
        List.of("below the threshold, or lost", "backup.sh"),
        feed.stream().map(s -> s.frames().get(2)).toList());
  }

  @Test
  void framesAddUp() throws RecordingException {
    check(costs(Fixture.badDay()).root());
  }

  private static void check(CostNode node) {
    if (!node.children().isEmpty()) {
      long sum = node.children().stream().mapToLong(CostNode::totalNs).sum();
      assertEquals(node.totalNs(), sum, node.name());
      node.children().forEach(CostTest::check);
    }
  }

  @Test
  void idleTimeCostsNothing() throws RecordingException {
    ThreadId thread = new ThreadId(1, "idle", 0);
    Fixture fixture =
        new Fixture().capture("", "").event("ContextSwitch", thread, 0, 1_000_000_000, 1);
    assertEquals(0, costs(fixture).root().totalNs());
  }

  @Test
  void collapsedStacksAreCents() throws RecordingException {
    Fixture fixture = new Fixture().capture("", "");
    fixture.wait(new ThreadId(1, "a;b c", 0), 0, 1_000, 1, "preempted", "stress-ng", 9);
    assertEquals(
        "isolation;run queue, after preemption;stress-ng;a_b c 5000\n",
        CollapsedStacks.of(costs(fixture)));
    assertTrue(Dollars.of(1_234.5).equals("$1,234") || Dollars.of(1_234.5).equals("$1,235"));
  }
}
