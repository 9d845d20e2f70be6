package latencyscope.report;

import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.SECOND;
import static latencyscope.report.ExplainedScenes.STRATEGY;
import static latencyscope.report.ExplainedScenes.VM;
import static latencyscope.report.ExplainedScenes.blocked;
import static latencyscope.report.ExplainedScenes.explain;
import static latencyscope.report.ExplainedScenes.preempted;
import static latencyscope.report.ExplainedScenes.scene;
import static latencyscope.report.ExplainedScenes.slowest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Unexplained;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** What is not known is not explained: losses, gaps, scope and thresholds. */
class ExplainerCoverageTest {
  @Test
  void onCpuIsNotConcludedWhereRecordsWereLost() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    assertEquals(5 * MS, slowest(scene).of(Cause.ON_CPU));
    scene.about(
        "RecordsLost",
        "startTime",
        Scene.START + 10 * SECOND,
        "module",
        "isolation",
        "type",
        "latencyscope.ContextSwitch",
        "count",
        3L,
        "reason",
        "the ring buffer was full");
    assertEquals(5 * MS, slowest(scene).unexplained());
  }

  @Test
  void lossesOfAnotherModuleDoNotTouchTheSchedulersAccount() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    scene.about(
        "RecordsLost",
        "startTime",
        Scene.START + SECOND,
        "module",
        "memory",
        "type",
        "latencyscope.PageFault",
        "count",
        3L,
        "reason",
        "the ring buffer was full");
    assertEquals(5 * MS, slowest(scene).of(Cause.ON_CPU));
  }

  @Test
  void lossesOfAnEarlierIntervalDoNotTouchALaterOne() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.about(
        "Capture",
        "startTime",
        Scene.START + 10 * SECOND,
        "duration",
        10 * SECOND,
        "targetPid",
        4711L,
        "modules",
        "",
        "threads",
        "",
        "cpus",
        "",
        "targetAlive",
        true);
    scene.about(
        "RecordsLost",
        "startTime",
        Scene.START + 9 * SECOND,
        "module",
        "isolation",
        "type",
        "latencyscope.ContextSwitch",
        "count",
        3L,
        "reason",
        "the ring buffer was full");
    scene.jvm("test.Order", STRATEGY, 15 * SECOND, 5 * MS);
    scene.jvm("test.Order", STRATEGY, 5 * SECOND, 4 * MS);
    Explanation both = explain(scene, "test.Order", 2);
    assertEquals(5 * MS, both.slowest().get(0).ledger().of(Cause.ON_CPU));
    assertEquals(4 * MS, both.slowest().get(1).ledger().unexplained());
  }

  @Test
  void nothingIsConcludedWithoutTheIsolationModuleOrAcrossAGap() {
    Scene without = Scene.captured(SECOND, "");
    without.about(
        "ProbeStatus", "module", "isolation", "probe", "ls_sched_switch", "state", "failed");
    without.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    assertEquals(5 * MS, slowest(without).unexplained());
    Scene gap = scene();
    preempted(gap, STRATEGY, 1 * MS, 1 * MS);
    gap.about(
        "Capture",
        "startTime",
        Scene.START + 11 * SECOND,
        "duration",
        SECOND,
        "targetPid",
        4711L,
        "modules",
        "",
        "threads",
        "",
        "cpus",
        "",
        "targetAlive",
        true);
    gap.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    assertEquals(5 * MS, slowest(gap).unexplained());
    assertTrue(explain(gap, "test.Order", 1).notes().get(0).contains("interrupted"));
  }

  private static List<Unexplained> reasons(Scene scene) {
    return explain(scene, "test.Order", 1).slowest().get(0).unexplained();
  }

  @Test
  void whatHappenedAfterTheRecordsWereReadIsUnexplained() {
    Scene scene = scene().records("isolation", 0, 5 * SECOND);
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    // Ends by the recorder's own event, whose switch was not read any more.
    scene.jvm("test.Order", STRATEGY, 5 * SECOND - 40 * MS, 50 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(0, ledger.of(Cause.ON_CPU));
    assertEquals(
        List.of(
            new Unexplained(
                "after the thread was last known to run: off-CPU time is recorded only when it"
                    + " ends",
                40 * MS),
            new Unexplained("after the capture's records were read for the last time", 10 * MS)),
        reasons(scene));
    String text = ExplanationText.of(explain(scene, "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(text.contains("unexplained: after the capture's records were"), text);
    // Seen to run once more before the records end, so what was before is known.
    preempted(scene, STRATEGY, 5 * SECOND - 20 * MS, 1 * MS);
    assertEquals(20 * MS, slowest(scene).of(Cause.ON_CPU));
    assertEquals(1 * MS, slowest(scene).of(Cause.RUNNABLE));
    assertEquals(29 * MS, slowest(scene).unexplained());
  }

  @Test
  void whatAThreadDidBeforeTheModuleWasAttachedProvesNothing() {
    Scene scene = scene().records("isolation", 100 * MS, 10 * SECOND);
    // It ran then, and may have left its CPU before anybody watched.
    scene.jvm("test.Order", STRATEGY, 90 * MS, 5 * MS);
    scene.jvm("test.Order", STRATEGY, 96 * MS, 54 * MS);
    assertEquals(54 * MS, slowest(scene).unexplained());
    assertEquals(
        List.of(
            new Unexplained(
                "before the thread was first known to run: it may have been off its CPU", 50 * MS),
            new Unexplained("before the isolation module was attached", 4 * MS)),
        reasons(scene));
  }

  @Test
  void aStayThatEndedWhereRecordsWereLostIsNotOnCpuBefore() {
    Scene scene = Scene.captured(5 * SECOND, "");
    scene.about("Capture", "startTime", Scene.START + 5 * SECOND, "duration", 5 * SECOND);
    scene.records("isolation", 0, 5 * SECOND).records("isolation", 5 * SECOND, 9 * SECOND);
    scene.about(
        "RecordsLost",
        "startTime",
        Scene.START + 9 * SECOND,
        "module",
        "isolation",
        "type",
        "latencyscope.ContextSwitch",
        "count",
        1L);
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.jvm("test.Order", STRATEGY, 4 * SECOND, 1 * SECOND + 10 * MS);
    preempted(scene, STRATEGY, 6 * SECOND, 1 * MS);
    assertEquals(0, slowest(scene).of(Cause.ON_CPU));
    assertEquals("records of the isolation module were lost then", reasons(scene).get(1).reason());
  }

  @Test
  void whatTheCaptureLeavesOutIsNotOnCpu() throws Exception {
    ThreadId own = new ThreadId(4731, "latencyscope-load-memory", 42);
    Scene scene = scene().jvm("test.Order", own, 10 * MS, 5 * MS);
    scene.jvm("test.Order", own, 20 * MS, 400 * MS);
    Query query = new Query("test.Order", "latencyscope-*", Long.MIN_VALUE, Long.MAX_VALUE, 1);
    Explained slowest = Explainer.explain(scene::read, query).slowest().get(0);
    assertEquals(400 * MS, slowest.ledger().unexplained());
    assertEquals(
        List.of(
            new Unexplained(
                "the capture excludes this thread, which is LatencyScope's" + " own", 400 * MS)),
        slowest.unexplained());
  }

  @Test
  void aThreadOnOtherCpusIsSaidToBeOutOfTheCapturesScope() {
    Scene scene = Scene.captured(10 * SECOND, "1");
    scene.jvm("test.Order", VM, 10 * MS, 5 * MS);
    assertEquals(
        List.of(
            new Unexplained(
                "only CPU 1 was captured; capture without --cpus (agent: cpus=) to include the"
                    + " rest",
                5 * MS)),
        reasons(scene));
  }

  @Test
  void onlyTheMonitoredCpusAreKnown() {
    Scene scene = Scene.captured(10 * SECOND, "1");
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.count(STRATEGY, "involuntary_switches", 1).count(STRATEGY, "migrations_affinity", 2);
    scene.kernel("Migration", STRATEGY, 20 * MS, 0, 1, "toCpu", 0L);
    scene.kernel("Migration", STRATEGY, 30 * MS, 0, 0, "toCpu", 1L);
    scene.jvm("test.Order", STRATEGY, 15 * MS, 10 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(5 * MS, ledger.of(Cause.ON_CPU));
    assertEquals(5 * MS, ledger.unexplained());
    // A move that has no event may have been away from the monitored CPUs.
    scene.count(STRATEGY, "migrations_wake", 1);
    assertEquals(10 * MS, slowest(scene).unexplained());
  }

  @Test
  void whatTheThresholdHidIsBoundedByTheCounts() {
    Scene scene = scene().count(STRATEGY, "voluntary_switches", 5);
    blocked(scene, STRATEGY, 1 * MS, 20_000, 0, "risk", 4721);
    blocked(scene, STRATEGY, 2 * MS, 10_000, 0, "risk", 4721);
    scene.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    Explained explained = explain(scene, "test.Order", 1).slowest().get(0);
    // Five were counted, two are events, and from the last one it has not come back.
    assertEquals(2 * 10_000, explained.hidden());
    // At times only longer ones were kept: two of those, but no more than the time that is left.
    scene.about("BudgetExceeded", "floor", 50_000L);
    assertEquals(100_000, explain(scene, "test.Order", 1).slowest().get(0).hidden());
    scene.count(STRATEGY, "cpu_time_ns", 10 * SECOND - 70_000);
    assertEquals(40_000, explain(scene, "test.Order", 1).slowest().get(0).hidden());
  }

  @Test
  void whatTheThresholdHidIsBoundedByTheTimeOfTheModuleThatCounted() {
    Scene scene = scene().records("isolation", -10 * SECOND, 10 * SECOND);
    scene.count(STRATEGY, "voluntary_switches", 5);
    blocked(scene, STRATEGY, 1 * MS, 20_000, 0, "risk", 4721);
    blocked(scene, STRATEGY, 2 * MS, 10_000, 0, "risk", 4721);
    scene.jvm("test.Order", STRATEGY, 10 * MS, 5 * MS);
    // It ran for longer than all modules were attached.
    scene.count(STRATEGY, "cpu_time_ns", 20 * SECOND - 45_000);
    assertEquals(15_000, explain(scene, "test.Order", 1).slowest().get(0).hidden());
  }
}
