package latencyscope.report;

import static latencyscope.report.ExplainedScenes.FEED;
import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.RISK;
import static latencyscope.report.ExplainedScenes.STRATEGY;
import static latencyscope.report.ExplainedScenes.VM;
import static latencyscope.report.ExplainedScenes.blocked;
import static latencyscope.report.ExplainedScenes.explain;
import static latencyscope.report.ExplainedScenes.preempted;
import static latencyscope.report.ExplainedScenes.scene;
import static latencyscope.report.ExplainedScenes.slowest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Counterfactual;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class ExplainerTest {
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
    String text = ExplanationText.of(explanation, Style.plain(ZoneOffset.UTC));
    String said = text.replaceAll("\\s+", " ");
    assertTrue(
        said.contains("One stall of 9.00 ms delayed 5 of these events, which queued."), text);
    assertTrue(said.contains("(coordinated omission)"), text);
  }

  @Test
  void whatBelongsToNoThreadIsExplainedForThoseThatAreAskedFor() throws Exception {
    Scene scene = scene().count(STRATEGY, "involuntary_switches", 1);
    scene.jvm("test.Phase", null, 100 * MS, 6 * MS);
    Explanation alone = explain(scene, "test.Phase", 3);
    assertEquals(0, alone.lengths().count());
    assertTrue(alone.notes().toString().contains("--thread GLOB"), alone.notes()::toString);
    Query query = new Query("test.Phase", "str*", Long.MIN_VALUE, Long.MAX_VALUE, 3);
    Explanation meanwhile = Explainer.explain(scene::read, query);
    assertEquals(1, meanwhile.lengths().count());
    assertEquals(STRATEGY, meanwhile.slowest().get(0).ledger().window().thread());
    assertEquals(6 * MS, meanwhile.slowest().get(0).ledger().window().duration());
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

  /** A fault that waits for mmap_lock is charged to the lock, and the rest of it to the fault. */
  @Test
  void waitForALockOfTheKernelIsChargedToTheLockAndNamesItsHolder() {
    Scene scene = blocked(scene(), STRATEGY, 101 * MS, 3 * MS, 0, "feed", 4722);
    scene
        .kernel("PageFault", STRATEGY, 100 * MS, 5 * MS, 1, "kind", "minor")
        .kernel(
            "KernelLockWait",
            STRATEGY,
            100_500_000,
            4 * MS,
            1,
            "lock",
            "rwsem-read",
            "mmapLock",
            true,
            "holder",
            "java",
            "holderTid",
            4722L,
            "holderPid",
            4711L)
        .jvm("test.Order", STRATEGY, 100 * MS, 5 * MS);
    Ledger ledger = slowest(scene);
    assertEquals(4 * MS, ledger.of(Cause.KERNEL_LOCK));
    assertEquals(MS, ledger.of(Cause.PAGE_FAULT));
    String said = ExplanationText.of(explain(scene, "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(said.contains("waiting for mmap_lock that java held in the kernel"), said);
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
