package latencyscope.analysis.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.finding.Finding;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** Several threads wait for one lock: who held it, and not who was merely before in line. */
class LockConvoyTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 31);
  private static final ThreadId RISK = new ThreadId(4722, "risk", 33);
  private static final ThreadId FEED = new ThreadId(4723, "feed", 34);
  private static final ThreadId C2 = new ThreadId(4716, "C2 CompilerThread0", 0);
  private static final ThreadId DRAIN = new ThreadId(4740, "latencyscope-drain", 50);
  private static final long MS = 1_000_000;

  /** The fixture's threads can run, and have no CPU, for so long at the end of each wait. */
  private static final long RUN_DELAY = 3_204;

  private static final long ADDRESS = 0x7f10_0001_0008L;
  private static final String QUEUE_LOCK = "MethodCompileQueue_lock";

  private final SyscallFixture fixture =
      new SyscallFixture("").time(STRATEGY, 10 * MS, 9_000 * MS).time(RISK, 10 * MS, 9_000 * MS);

  private void waits(ThreadId thread, long fromMs, long untilMs, ThreadId waker) {
    long ns = (untilMs - fromMs) * MS + RUN_DELAY;
    fixture.mutex(thread, fromMs * MS, ns, waker, ADDRESS, QUEUE_LOCK);
  }

  private ModuleReport syscall() {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private Metrics lock() {
    List<?> locks = (List<?>) syscall().metrics().get("locks");
    assertEquals(1, locks.size());
    return (Metrics) locks.get(0);
  }

  private long waitedFor(String holder) {
    return ((List<?>) lock().get("holders"))
        .stream()
            .map(Metrics.class::cast)
            .filter(row -> row.get("thread").equals(holder))
            .mapToLong(row -> (Long) row.get("waited_for_ns"))
            .sum();
  }

  @Test
  void convoyIsOneFindingAndBlamesWhoHeldTheLock() {
    waits(STRATEGY, 0, 100, DRAIN);
    waits(C2, 10, 102, STRATEGY);
    waits(RISK, 20, 105, C2);
    List<Finding> findings = syscall().findings();
    assertEquals(1, findings.size(), findings::toString);
    Finding finding = findings.get(0);
    assertEquals(
        "3 threads queued for MethodCompileQueue_lock that latencyscope-drain held",
        finding.title());
    assertEquals(STRATEGY.osTid(), finding.thread().osTid());
    assertTrue(
        finding.culpritInWords().startsWith("latencyscope-drain (pid "), finding.culpritInWords());
    assertEquals(2, finding.count()); // of the compiler's wait nobody complains
    assertEquals(100 * MS, finding.worstNs());
    assertEquals(185 * MS, finding.totalNs());
    assertEquals(
        "Once, with up to 3 threads at once. Worst queue: held by latencyscope-drain"
            + " (LatencyScope) for 100 ms, C2 CompilerThread0 (C2 compiler) for 3.00 ms,"
            + " strategy for 2.00 ms; waiting: strategy for 100 ms, C2 CompilerThread0 (C2"
            + " compiler) for 92.0 ms, risk for 85.0 ms.",
        finding.evidence());
  }

  @Test
  void twoWaitersDoNotBlameEachOtherForWhatAThirdHeld() {
    waits(STRATEGY, 0, 50, FEED);
    waits(RISK, 10, 60, STRATEGY);
    List<Finding> findings = syscall().findings();
    assertEquals(1, findings.size(), findings::toString);
    assertEquals(
        "2 threads queued for MethodCompileQueue_lock that feed held", findings.get(0).title());
    assertEquals(90 * MS, waitedFor("feed"));
    assertEquals(10 * MS, waitedFor("strategy"));
    assertEquals(0, waitedFor("risk"));
    assertEquals(2L, lock().get("wait_count"));
    assertEquals(2L, lock().get("longest_queue"));
  }

  @Test
  void waitsForTwoLocksAtOnceAreNoConvoy() {
    fixture.mutex(STRATEGY, 0, 50 * MS, FEED, 0x1000, null);
    fixture.mutex(RISK, 10 * MS, 50 * MS, FEED, 0x2000, null);
    List<String> titles = syscall().findings().stream().map(Finding::title).toList();
    assertEquals(
        List.of(
            "strategy waited for a native mutex that feed held",
            "risk waited for a native mutex that feed held"),
        titles);
  }

  @Test
  void turnsThatOverlapNowhereKeepTheirOwnFindings() {
    waits(STRATEGY, 0, 50, RISK);
    waits(RISK, 60, 80, STRATEGY);
    List<String> titles = syscall().findings().stream().map(Finding::title).toList();
    assertEquals(
        List.of(
            "strategy waited for MethodCompileQueue_lock that risk held",
            "risk waited for MethodCompileQueue_lock that strategy held"),
        titles);
  }
}
