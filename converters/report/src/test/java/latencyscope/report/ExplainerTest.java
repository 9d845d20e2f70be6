package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.jvm.LedgerMetrics;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.Part;
import latencyscope.ledger.Unexplained;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Carriers;
import latencyscope.ledger.explain.Counterfactual;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.ledger.explain.WakeLink;
import latencyscope.recording.Scene;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 12);
  private static final ThreadId RISK = new ThreadId(4721, "risk", 13);
  private static final ThreadId FEED = new ThreadId(4722, "feed", 14);
  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private static Scene scene() {
    return Scene.captured(10 * SECOND, "");
  }

  private static Scene preempted(Scene scene, ThreadId thread, long at, long ns) {
    return scene
        .kernel(
            "ContextSwitch",
            thread,
            at,
            ns,
            1,
            "state",
            "running",
            "waited",
            ns,
            "next",
            "sh",
            "nextTid",
            900L,
            "nextPid",
            900L,
            "returnCpu",
            1L)
        .kernel(
            "RunQueueWait",
            thread,
            at,
            ns,
            1,
            "kind",
            "preempted",
            "culprit",
            "competitor",
            "culpritTid",
            901L,
            "culpritPid",
            901L,
            "culpritHeld",
            ns,
            "tasksBetween",
            1L);
  }

  private static Scene blocked(
      Scene scene, ThreadId thread, long at, long ns, long waited, String waker, long wakerTid) {
    return scene.kernel(
        "ContextSwitch",
        thread,
        at,
        ns,
        1,
        "state",
        "sleeping",
        "waited",
        waited,
        "waker",
        waker,
        "wakerTid",
        wakerTid,
        "returnCpu",
        1L);
  }

  private static Explanation explain(Scene scene, String event, int top) {
    try {
      return Explainer.explain(scene::read, Query.longest(event, top));
    } catch (RecordingException | UnknownEventException e) {
      throw new AssertionError(e);
    }
  }

  private static Ledger slowest(Scene scene) {
    return explain(scene, "test.Order", 1).slowest().get(0).ledger();
  }

  @Test
  void competitorIsNamedAndTheRestIsOnCpu() {
    Scene scene = scene().count(STRATEGY, "involuntary_switches", 1);
    preempted(scene, STRATEGY, 100 * MS, 4 * MS);
    scene.jvm("test.Order", STRATEGY, 99 * MS, 6 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(4 * MS, ledger.of(Cause.RUNNABLE));
    // Before its first switch nobody knows whether the thread was on its CPU.
    assertEquals(MS, ledger.unexplained());
    assertEquals(MS, ledger.of(Cause.ON_CPU));
    assertEquals("competitor (pid 901)", ledger.parts().get(0).culprit());
    assertEquals(1, ledger.parts().get(0).cpu());
  }

  /** Requests that queue for one thread are all late for the same reason. */
  @Test
  void whatOneStallDelayedIsOneEntry() {
    Scene scene = scene().count(STRATEGY, "involuntary_switches", 1);
    preempted(scene, STRATEGY, 100 * MS, 8 * MS);
    for (int order = 0; order < 5; order++) {
      scene.jvm("test.Order", STRATEGY, (100 + order) * MS, (9 - order) * MS);
    }
    // Its begin only lies in the stall; and another thread's is another stall.
    scene.jvm("test.Order", STRATEGY, 108 * MS, 4 * MS);
    scene.jvm("test.Order", FEED, 100 * MS, 3 * MS);
    Explanation explanation = explain(scene, "test.Order", 3);
    assertEquals(
        List.of(9 * MS, 4 * MS, 3 * MS),
        explanation.slowest().stream().map(one -> one.ledger().window().duration()).toList());
    assertEquals(
        List.of(4, 0, 0), explanation.slowest().stream().map(Explained::othersInStall).toList());
    assertEquals(7, explanation.lengths().count());
    assertEquals(7, explanation.explained());
  }

  @Test
  void ownThreadsAreExplainedOnlyIfAskedFor() throws Exception {
    ThreadId drain = new ThreadId(4740, "latencyscope-drain", 50);
    Scene scene = scene().jvm("jdk.ThreadPark", drain, 100 * MS, 60 * MS);
    scene.jvm("jdk.ThreadPark", STRATEGY, 100 * MS, 4 * MS);
    Explanation explanation = explain(scene, "jdk.ThreadPark", 3);
    assertEquals(1, explanation.lengths().count());
    assertEquals(STRATEGY, explanation.slowest().get(0).ledger().window().thread());
    String notes = String.join("\n", explanation.notes());
    assertTrue(notes.contains("1 windows of LatencyScope's own threads were left out"), notes);
    Query own = new Query("jdk.ThreadPark", "latencyscope-*", Long.MIN_VALUE, Long.MAX_VALUE, 3);
    assertEquals(
        drain, Explainer.explain(scene::read, own).slowest().get(0).ledger().window().thread());
  }

  @Test
  void pauseHasTheNumberCollectorAndCauseOfItsCollection() {
    Scene scene =
        scene().jvm("jdk.GCPhasePause", VM, 200 * MS, 4 * MS, "name", "GC Pause", "gcId", 12L);
    scene.jvm(
        "jdk.GarbageCollection",
        VM,
        200 * MS,
        5 * MS,
        "gcId",
        12L,
        "name",
        "G1Full",
        "cause",
        "System.gc()");
    Window window = explain(scene, "jdk.GCPhasePause", 1).slowest().get(0).ledger().window();
    assertEquals("GC Pause (GC 12, G1Full, cause: System.gc())", window.label());
  }

  @Test
  void lockOfTheJvmAndTheRecordersSamplerAreWhatAThreadBlockedIn() {
    Scene scene = blocked(scene(), STRATEGY, 100 * MS, 4 * MS, 0, "latencyscope-dr", 4740);
    scene
        .kernel(
            "FutexWait",
            STRATEGY,
            100 * MS,
            4 * MS,
            1,
            "operation",
            "wait",
            "expected",
            2L,
            "lock",
            "MethodCompileQueue_lock")
        .jvm("test.Order", STRATEGY, 100 * MS, 4 * MS);
    assertEquals("futex wait on MethodCompileQueue_lock", slowest(scene).parts().get(0).within());
    Scene sampled = blocked(scene(), STRATEGY, 100 * MS, 4 * MS, 0, "JFR Sampler Thr", 4717);
    sampled
        .kernel(
            "BlockingSyscall",
            STRATEGY,
            100 * MS,
            4 * MS,
            1,
            "call",
            "rt_sigsuspend",
            "waker",
            "JFR Sampler Thr",
            "wakerTid",
            4717L)
        .jvm("test.Order", STRATEGY, 100 * MS, 4 * MS);
    assertEquals(
        "rt_sigsuspend, stopped by the flight recorder's sampler",
        slowest(sampled).parts().get(0).within());
  }

  @Test
  void noIdleCpuPreemptsAnybody() {
    Scene scene =
        scene()
            .kernel(
                "RunQueueWait",
                STRATEGY,
                100 * MS,
                4 * MS,
                1,
                "kind",
                "preempted",
                "culprit",
                null,
                "culpritHeld",
                3 * MS,
                "tasksBetween",
                0L);
    scene.jvm("test.Order", STRATEGY, 99 * MS, 6 * MS);
    Part part = slowest(scene).parts().get(0);
    assertEquals(4 * MS, part.ns());
    assertNull(part.culprit());
    assertEquals("after preemption, in the queue of another CPU; this one was idle", part.detail());
  }

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

  private static String detail(long held, long accounted, long tasks) {
    Scene scene = scene();
    preempted(scene, STRATEGY, 0, MS);
    scene.kernel(
        "RunQueueWait",
        STRATEGY,
        10 * MS,
        10 * MS,
        1,
        "kind",
        "preempted",
        "culprit",
        "sh",
        "culpritPid",
        901L,
        "culpritHeld",
        held,
        "accounted",
        accounted,
        "tasksBetween",
        tasks);
    scene.jvm("test.Order", STRATEGY, 10 * MS, 10 * MS);
    return slowest(scene).parts().get(0).detail();
  }

  @Test
  void oneNameForAWaitSaysHowMuchOfItThatTaskRan() {
    assertEquals("after preemption", detail(10 * MS, 10 * MS, 1));
    assertEquals(
        "after preemption; it ran for 6.00 ms of the wait, and 2 other tasks in the rest",
        detail(6 * MS, 10 * MS, 3));
    assertEquals("after preemption; it ran for 6.00 ms of the wait", detail(6 * MS, 10 * MS, 1));
    assertEquals("who ran then is not recorded", detail(2 * MS, 4 * MS, 2));
  }

  private static void share(Scene scene, long at, long ns, String culprit, long pid) {
    scene.kernel(
        "WaitShare",
        STRATEGY,
        at,
        ns,
        1,
        "kind",
        "preempted",
        "culprit",
        culprit,
        "culpritTid",
        pid,
        "culpritPid",
        pid);
  }

  @Test
  void sharesOfAWaitAreChargedMomentByMoment() {
    Scene scene = scene().count(STRATEGY, "involuntary_switches", 1);
    preempted(scene, STRATEGY, 0, MS);
    scene.kernel(
        "RunQueueWait",
        STRATEGY,
        10 * MS,
        10 * MS,
        1,
        "kind",
        "preempted",
        "culprit",
        "a",
        "culpritPid",
        901L,
        "culpritHeld",
        4 * MS,
        "accounted",
        8 * MS,
        "tasksBetween",
        3L,
        "shares",
        4L);
    share(scene, 12 * MS, 2 * MS, "a", 901);
    share(scene, 14 * MS, 3 * MS, "b", 902);
    share(scene, 17 * MS, 2 * MS, "a", 901);
    share(scene, 19 * MS, MS, "c", 903);
    // A window that ends in the midst of the wait has only what ran until then.
    scene.jvm("test.Order", STRATEGY, 9 * MS, 9 * MS);
    Ledger ledger = slowest(scene.shuffled(3));
    assertEquals(8 * MS, ledger.of(Cause.RUNNABLE));
    assertEquals(3 * MS, behind(ledger, "a (pid 901)"));
    assertEquals(3 * MS, behind(ledger, "b (pid 902)"));
    assertEquals(2 * MS, behind(ledger, null));
    assertEquals(9 * MS, ledger.parts().stream().mapToLong(Part::ns).sum() + ledger.unexplained());
  }

  private static long behind(Ledger ledger, String culprit) {
    return ledger.parts().stream()
        .filter(part -> part.cause() == Cause.RUNNABLE)
        .filter(part -> Objects.equals(part.culprit(), culprit))
        .mapToLong(Part::ns)
        .sum();
  }

  private static final ThreadId VIRTUAL = new ThreadId(0, "order-17", 40);
  private static final ThreadId CARRIER = new ThreadId(4730, "ForkJoinPool-1-worker-1", 41);

  /** The carrier is known to run from 1 to 99 ms but for what is said here. */
  private static Scene virtual() {
    Scene scene = scene();
    preempted(scene, CARRIER, 0, MS);
    preempted(scene, CARRIER, 20 * MS, 2 * MS);
    blocked(scene, CARRIER, 30 * MS, 4 * MS, MS, "risk", 4721);
    preempted(scene, CARRIER, 99 * MS, MS);
    return scene.jvm("test.Order", VIRTUAL, 10 * MS, 40 * MS);
  }

  private static Scene pinned(Scene scene, long from, long ns) {
    return scene.jvm(Mounts.PINNED, VIRTUAL, from, ns, "carrierThread", Scene.value(CARRIER));
  }

  @Test
  void virtualThreadIsExplainedOnlyWhileItIsPinned() {
    Scene scene = pinned(pinned(virtual(), 28 * MS, 8 * MS), 45 * MS, 20 * MS);
    scene.jvm("jdk.ThreadPark", VIRTUAL, 29 * MS, 6 * MS, "parkedClass", "Lock");
    Explained explained = explain(scene, "test.Order", 1).slowest().get(0);
    Ledger ledger = explained.ledger();
    // The carrier was preempted in the window, too: nobody knows who was on it then.
    assertEquals(MS, ledger.of(Cause.RUNNABLE));
    assertEquals(3 * MS, ledger.of(Cause.BLOCKED));
    assertEquals(4 * MS + 5 * MS, ledger.of(Cause.ON_CPU));
    assertEquals(27 * MS, ledger.unexplained());
    Part blocked =
        ledger.parts().stream().filter(p -> p.cause() == Cause.BLOCKED).findFirst().orElseThrow();
    assertEquals("park on a Lock", blocked.within());
    assertTrue(explained.chain().get(0).waker().contains("risk"), explained::toString);
    assertEquals(new Carriers(List.of(CARRIER.name()), 13 * MS), explained.carriers());
  }

  @Test
  void virtualThreadThatWasNotPinnedIsSaidToBeUnknown() {
    Explained explained = explain(virtual(), "test.Order", 1).slowest().get(0);
    assertEquals(40 * MS, explained.ledger().unexplained());
    assertEquals(new Carriers(List.of(), 0), explained.carriers());
    Metrics json = LedgerMetrics.of(explain(virtual(), "test.Order", 1));
    assertEquals(Carriers.WHY_NOT, json.unavailable().get("windows[].carrier"));
    String text =
        ExplanationText.of(explain(virtual(), "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(text.contains("A virtual thread: its carrier is recorded"), text);
  }

  @Test
  void platformThreadHasNoCarrier() {
    Scene scene = virtual().jvm("test.Order", CARRIER, 10 * MS, 60 * MS);
    Explained explained = explain(scene, "test.Order", 1).slowest().get(0);
    assertNull(explained.carriers());
    assertEquals(0, explained.ledger().unexplained());
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

  @Test
  void blockIsToldWithItsCallItsWakerAndTheChainBehindIt() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    blocked(scene, STRATEGY, 101 * MS, 50 * MS, MS, "risk", 4721);
    scene.jvm("jdk.ThreadPark", STRATEGY, 100 * MS, 52 * MS, "parkedClass", "Lock");
    // Risk could wake it only when feed had woken risk, which then waited for a CPU.
    blocked(scene, RISK, 90 * MS, 58 * MS, 8 * MS, "feed", 4722);
    // What feed did before strategy waited for anybody is another story.
    blocked(scene, FEED, 10 * MS, 20 * MS, 0, "strategy", 4720);
    scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
    Explained explained = explain(scene.shuffled(7), "test.Order", 1).slowest().get(0);
    Part part = explained.ledger().parts().get(0);
    assertEquals(Cause.BLOCKED, part.cause());
    assertEquals(49 * MS, part.ns());
    assertEquals("risk", part.culprit());
    assertEquals("park on a Lock", part.within());
    assertEquals(
        List.of(
            new WakeLink(STRATEGY, "risk", Scene.START + 150 * MS, 49 * MS, MS),
            new WakeLink(RISK, "feed", Scene.START + 140 * MS, 50 * MS, 8 * MS)),
        explained.chain());
  }

  private static Scene interrupted(Scene scene, String context, Object... more) {
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    Object[] fields = {"state", "sleeping", "wakerContext", context, "returnCpu", 1L};
    Object[] all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    scene.kernel("ContextSwitch", STRATEGY, 101 * MS, 50 * MS, 1, all);
    return scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
  }

  @Test
  void interruptThatWokeAThreadIsAFactAndTheEndOfItsChain() {
    for (String[] said : new String[][] {{"hardirq", "an interrupt"}, {"softirq", "a softirq"}}) {
      Explained explained =
          explain(interrupted(scene(), said[0]), "test.Order", 1).slowest().get(0);
      Part part = explained.ledger().parts().get(0);
      assertEquals(Cause.BLOCKED, part.cause());
      assertEquals(said[1], part.culprit());
      assertEquals(
          List.of(new WakeLink(STRATEGY, said[1], Scene.START + 151 * MS, 50 * MS, 0)),
          explained.chain());
    }
  }

  /** Fails on the version before: "risk, EU, woke strategy". */
  @Test
  void aNameWithACommaIsNoAlternative() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    preempted(scene, new ThreadId(4721, "risk, EU", 13), 1 * MS, 1 * MS);
    blocked(scene, STRATEGY, 101 * MS, 50 * MS, 0, "risk, EU", 4721);
    scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
    String text = ExplanationText.of(explain(scene, "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(text.contains("← risk, EU woke strategy"), text);
  }

  @Test
  void strangerThatWokeAThreadIsNotTakenForAnInterrupt() {
    Scene scene =
        interrupted(scene(), "task", "waker", "feed-handler", "wakerTid", 777L, "waited", 0L);
    Part part = explain(scene, "test.Order", 1).slowest().get(0).ledger().parts().get(0);
    assertEquals("feed-handler (pid 777)", part.culprit());
  }

  @Test
  void wakeupThatWasNotTracedIsNobodys() {
    Part part =
        explain(interrupted(scene(), "unknown"), "test.Order", 1)
            .slowest()
            .get(0)
            .ledger()
            .parts()
            .get(0);
    assertEquals(Cause.BLOCKED, part.cause());
    assertEquals(null, part.culprit());
  }

  @Test
  void stopAtASafepointIsToldFromABlockOfItsOwn() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene.jvm("jdk.SafepointBegin", VM, 100 * MS, MS, "safepointId", 7L);
    scene.jvm(
        "jdk.ExecuteVMOperation",
        VM,
        101 * MS,
        8 * MS,
        "safepointId",
        7L,
        "operation",
        "G1Full",
        "safepoint",
        true);
    scene.jvm("jdk.SafepointEnd", VM, 109 * MS, MS, "safepointId", 7L);
    blocked(scene, STRATEGY, 100 * MS + 500_000, 10 * MS, 0, "VM Thread", 4712);
    blocked(scene, STRATEGY, 120 * MS, 5 * MS, 0, "VM Thread", 4712);
    scene.jvm("test.Order", STRATEGY, 99 * MS, 30 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(10 * MS, ledger.of(Cause.STOPPED));
    assertEquals(5 * MS, ledger.of(Cause.BLOCKED));
    assertEquals("G1Full", ledger.parts().get(1).culprit());
  }

  @Test
  void faultsInterruptsAndCallsOfOtherModulesAreTaken() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    scene
        .kernel(
            "BlockingSyscall", STRATEGY, 100 * MS, 10 * MS, 1, "call", "read", "file", "regular")
        .kernel(
            "PageFault",
            STRATEGY,
            101 * MS,
            5 * MS,
            1,
            "kind",
            "major",
            "file",
            "/data/journal",
            "fileOffset",
            4_096L)
        .kernel("HardIrq", STRATEGY, 102 * MS, MS, 1, "irq", 142L, "device", "eth0")
        .kernel("SoftIrq", STRATEGY, 103 * MS, MS, 1, "vector", "NET_RX")
        .kernel("LocalInterrupt", STRATEGY, 110 * MS, MS, 1, "vector", "nmi")
        .kernel("LocalInterrupt", STRATEGY, 111 * MS, MS, 1, "vector", "call-function")
        .kernel(
            "TlbShootdown",
            STRATEGY,
            111 * MS,
            MS / 2,
            1,
            "sender",
            "java",
            "senderTid",
            4721L,
            "senderPid",
            4711L);
    blocked(scene, STRATEGY, 104 * MS, MS, 0, null, 0);
    scene.jvm("test.Order", RISK, 1, 5);
    scene.jvm("test.Order", STRATEGY, 100 * MS, 15 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(3 * MS, ledger.of(Cause.PAGE_FAULT));
    assertEquals(MS, ledger.of(Cause.HARD_IRQ));
    assertEquals(MS, ledger.of(Cause.SOFTIRQ));
    assertEquals(MS, ledger.of(Cause.NMI));
    assertEquals(MS, ledger.of(Cause.LOCAL_INTERRUPT));
    assertEquals(5 * MS, ledger.of(Cause.SYSCALL));
    assertEquals(3 * MS, ledger.of(Cause.ON_CPU));
    List<String> culprits = ledger.parts().stream().map(Part::culprit).toList();
    assertTrue(culprits.contains("major fault on /data/journal"), culprits::toString);
    assertTrue(culprits.contains("IRQ 142 (eth0)"), culprits::toString);
    assertTrue(culprits.contains("TLB shootdown from risk"), culprits::toString);
  }

  @Test
  void percentilesWithoutOneCause() {
    Scene scene = scene();
    // 1,000 orders of 1 ms; ten of them lost another 10 ms to the competitor, one 5 ms to risk.
    for (int i = 0; i < 1_000; i++) {
      long at = (i + 1) * 9 * MS;
      long extra = i % 100 == 0 ? 10 * MS : 0;
      if (extra > 0) {
        preempted(scene, STRATEGY, at, extra);
      }
      scene.jvm("test.Order", STRATEGY, at - MS / 2, MS + extra);
    }
    Explanation explanation = explain(scene, "test.Order", 1);
    assertEquals(11 * MS, explanation.lengths().max());
    assertEquals(MS, explanation.lengths().percentile(99));
    assertEquals(11 * MS, explanation.lengths().percentile(99.5));
    Counterfactual first = explanation.counterfactuals().get(0);
    assertEquals("competitor (pid 901)", first.culprit());
    assertEquals(1, first.cpu());
    assertEquals(MS, first.without().max());
  }

  @Test
  void anUnknownEventIsRefusedWithThoseThatExist() {
    Scene scene = scene().jvm("test.Order", STRATEGY, 1, 5);
    preempted(scene, STRATEGY, 1, 1);
    UnknownEventException refusal =
        assertThrows(
            UnknownEventException.class,
            () -> Explainer.explain(scene::read, Query.longest("test.Trade", 1)));
    assertTrue(
        refusal
            .getMessage()
            .endsWith("latencyscope.ContextSwitch, latencyscope.RunQueueWait, test.Order"),
        refusal.getMessage());
  }

  @Test
  void givenTimesAreExplainedForEachThreadThatMatches() throws Exception {
    Scene scene = scene();
    preempted(scene, STRATEGY, 100 * MS, 4 * MS);
    preempted(scene, STRATEGY, 200 * MS, 4 * MS);
    preempted(scene, RISK, 100 * MS, 4 * MS);
    Query query = new Query(null, "str*", Scene.START + 102 * MS, Scene.START + 202 * MS, 3);
    Explanation explanation = Explainer.explain(scene::read, query);
    assertEquals(1, explanation.slowest().size());
    Ledger ledger = explanation.slowest().get(0).ledger();
    assertNull(explanation.event());
    assertEquals(4 * MS, ledger.of(Cause.RUNNABLE));
    assertEquals(96 * MS, ledger.of(Cause.ON_CPU));
  }
}
