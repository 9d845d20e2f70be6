package latencyscope.analysis.flame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import latencyscope.alpha.CollapsedStacks;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostRate;
import latencyscope.recording.CodeStacks;
import latencyscope.recording.Fixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class FlameCollectorTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 31);
  private static final ThreadId RISK = new ThreadId(4722, "risk", 33);
  private static final String INSERT =
      "java.util.HashMap.put:9 < demo.Book.insert:88 < demo.Main.run:7";

  private static Fixture fault(Fixture fixture, ThreadId thread, long ns, String stack) {
    return fixture.event(
        "PageFault", thread, 0, ns, 1, "kind", "minor", "region", "java-heap", "stack", stack);
  }

  private static Fixture counted(Fixture fixture, String measure, long count, long ns) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, count);
    return fixture.add(
        "Histogram",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        "memory",
        "measure",
        measure,
        "thread",
        STRATEGY.name(),
        "osThreadId",
        STRATEGY.osTid(),
        "count",
        count,
        "total",
        count * ns,
        "max",
        ns,
        "unbinned",
        0L,
        "distribution",
        Fixture.encode(histogram));
  }

  @Test
  void faultsAreUnderTheirLineAndTheThreadHasWhatTheKernelCounted() throws Exception {
    Fixture fixture = new Fixture().capture("memory", "", "");
    fault(fixture, STRATEGY, 1_000, INSERT);
    fault(fixture, STRATEGY, 500, INSERT);
    fault(fixture, STRATEGY, 300, "… < demo.Feed.read:7 < …");
    fault(fixture, STRATEGY, 200, null);
    fault(fixture, new ThreadId(4700, "VM Thread", 0), 9_000, null);
    counted(fixture, "fault_java_heap", 10, 400);
    counted(fixture, "major_fault", 1, 400); // also in its region's
    FlameCollector collector = new FlameCollector(FlameKind.FAULTS);
    CostNode root = collector.root(fixture.source().read(collector));
    String put = "strategy;demo.Main.run:7;demo.Book.insert:88;java.util.HashMap.put:9;";
    assertEquals(
        """
        strategy;[below the threshold, or lost] 2000
        %s[minor fault, java-heap] 1500
        strategy;…;demo.Feed.read:7;…;[minor fault, java-heap] 300
        strategy;[no stack];[minor fault, java-heap] 200
        """
            .formatted(put),
        CollapsedStacks.of(root, null));
    assertEquals(4_000, root.totalNs());
    assertEquals(10, root.count());
  }

  @Test
  void callsAreUnderTheLineThatTheJvmOrTheKernelSaw() throws Exception {
    String lock = "java.util.concurrent.locks.ReentrantLock$NonfairSync";
    // Every wait of the fixture has 3,204 ns at its end in which there was no CPU.
    SyscallFixture fixture =
        new SyscallFixture("")
            .java(
                "jdk.ThreadPark",
                STRATEGY,
                0,
                10_000,
                "parkedClass",
                lock,
                CodeStacks.of("java.Lock.lock:1", "demo.Desk.lock:146"))
            .woken(STRATEGY, 1_000, 8_204, RISK)
            .mutex(RISK, 20_000, 9_204, STRATEGY, 64, "Heap_lock")
            .sleep(RISK, 40_000, 2_000, 1_000, 1)
            .blocked(RISK, 50_000, 1_000, "read", "pipe", null);
    FlameCollector collector = new FlameCollector(FlameKind.OFF_CPU);
    CostNode root = collector.root(fixture.source().read(collector));
    assertEquals(
        """
        risk;[no stack];[Heap_lock] 6000
        risk;[no stack];[then waited for a CPU] 3204
        risk;[no stack];[clock_nanosleep] 2000
        risk;[no stack];[read (pipe)] 1000
        strategy;demo.Desk.lock:146;java.Lock.lock:1;[lock of %s] 5000
        strategy;demo.Desk.lock:146;java.Lock.lock:1;[then waited for a CPU] 3204
        """
            .formatted(lock),
        CollapsedStacks.of(root, null));
    assertEquals(
        List.of("risk", "strategy"), root.children().stream().map(CostNode::name).toList());
    // A microsecond at a million and half a basis point is 50 dollars, in cents.
    assertEquals(30_000, cents(CollapsedStacks.of(root, new CostRate(1e6, 0.5)), "[Heap_lock]"));
  }

  private static long cents(String collapsed, String leaf) {
    String line = collapsed.lines().filter(text -> text.contains(leaf)).findFirst().orElseThrow();
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }
}
