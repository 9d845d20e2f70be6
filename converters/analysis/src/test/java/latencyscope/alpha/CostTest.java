package latencyscope.alpha;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.recording.Fixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
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

  @Test
  void aContendedLockCostsWhatItBlockedAndAParkedThreadNothing() throws RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 31);
    ThreadId risk = new ThreadId(4722, "risk", 33);
    // Blocked for 8 ms, then runnable for the 3,204 ns that all waits of the fixture have.
    SyscallFixture fixture =
        new SyscallFixture("")
            .java("jdk.JavaMonitorEnter", strategy, 0, 10_000_000, "monitorClass", "engine.Book")
            .woken(strategy, 1_000_000, 8_003_204, risk)
            .java("jdk.ThreadPark", strategy, 20_000_000, 10_000_000, "parkedClass", "engine.Queue")
            .woken(strategy, 21_000_000, 8_003_204, risk)
            .mutex(strategy, 40_000_000, 1_003_204, risk);
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    assertEquals(
        "syscall;contended lock;risk;strategy 45000000\n",
        CollapsedStacks.of(costs.report(RATE, fixture.source().read(event -> {}))));
    assertEquals(450_000, RATE.dollars(9_000_000), 0.001);
  }

  @Test
  void aShootdownNamesItsSender() throws RecordingException {
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .event("TlbShootdown", new ThreadId(1, "feed", 0), 0, 900, 1, "sender", "munmapper");
    assertEquals(
        List.of("TLB shootdown", "munmapper", "feed"),
        costs(fixture).stacks().get(0).frames().subList(1, 4));
  }

  @Test
  void memoryStallsAndPageMigrationsHaveTheirRows() throws RecordingException {
    ThreadId thread = new ThreadId(1, "feed", 0);
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .event("MemoryStall", thread, 0, 50_000, 1, "kind", "cgroup-reclaim")
            .event("NumaEvent", thread, 60_000, 40_000, 1, "reason", "numa-balancing");
    assertEquals(
        List.of(
            List.of("memory stall", "cgroup-reclaim", "feed"),
            List.of("page migration", "numa-balancing", "feed")),
        costs(fixture).stacks().stream().map(s -> s.frames().subList(1, 4)).toList());
  }

  @Test
  void sharedWaitCountsOnceAndCostsAsMuchAsItWasLong() throws RecordingException {
    ThreadId thread = new ThreadId(1, "strategy", 0);
    Fixture fixture = new Fixture().capture("", "");
    // Of 12 ms, a ran 6, b and c 2 each; who ran in the first 2 is not known.
    fixture.sharedWait(thread, 0, 12_000_000, 1, 2_000_000, "a", "b", "a", "c", "a");
    List<CostReport.Stack> stacks = costs(fixture).stacks();
    assertEquals(12_000_000, stacks.stream().mapToLong(s -> s.leaf().totalNs()).sum());
    assertEquals(1, stacks.stream().mapToLong(s -> s.leaf().count()).sum());
    assertEquals(6_000_000, behind(stacks, "a").totalNs());
    assertEquals(1, behind(stacks, "a").count());
    assertEquals(2_000_000, behind(stacks, "b").totalNs());
    assertEquals(2_000_000, behind(stacks, "c").totalNs());
    assertEquals(2_000_000, behind(stacks, "not known").totalNs());
  }

  private static CostNode behind(List<CostReport.Stack> stacks, String culprit) {
    return stacks.stream()
        .filter(stack -> stack.frames().get(2).equals(culprit))
        .map(CostReport.Stack::leaf)
        .findFirst()
        .orElseThrow();
  }
}
