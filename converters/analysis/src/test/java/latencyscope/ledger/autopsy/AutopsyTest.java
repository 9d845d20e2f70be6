package latencyscope.ledger.autopsy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.autopsy.SafepointAutopsy.Arrival;
import latencyscope.recording.CodeStacks;
import latencyscope.recording.Recording;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** Pauses whose reasons are known. */
class AutopsyTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 12);
  private static final ThreadId RISK = new ThreadId(4721, "risk", 13);
  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  private static final ThreadId WORKER = new ThreadId(4715, "GC Thread#3", 0);
  private static final ThreadId OTHER_WORKER = new ThreadId(4716, "GC Thread#1", 0);
  private static final long MS = 1_000_000;

  private static Autopsy autopsy(Scene scene) {
    Autopsy autopsy = new Autopsy();
    Recording recording = scene.shuffled(3).read(autopsy);
    autopsy.secondReading(recording).ifPresent(scene::read);
    return autopsy;
  }

  private static Scene scene() {
    Scene scene = Scene.captured(1_000 * MS, "");
    // All of them are known to have run at both ends of the capture.
    for (ThreadId thread : new ThreadId[] {STRATEGY, RISK, VM, WORKER, OTHER_WORKER}) {
      off(scene, thread, MS, MS, 0, "systemd");
      off(scene, thread, 900 * MS, MS, 0, "systemd");
    }
    return scene;
  }

  private static Scene off(Scene scene, ThreadId thread, long at, long ns, long waited, String by) {
    boolean preempted = waited == ns;
    return scene.kernel(
        "ContextSwitch",
        thread,
        at,
        ns,
        1,
        "state",
        preempted ? "running" : "sleeping",
        "waited",
        waited,
        preempted ? "next" : "waker",
        by,
        preempted ? "nextTid" : "wakerTid",
        700L,
        preempted ? "nextPid" : "wakerPid",
        preempted ? 700L : 0L,
        "returnCpu",
        1L);
  }

  private static Scene safepoint(Scene scene, long at, long synchronization) {
    return scene
        .jvm("jdk.SafepointBegin", VM, at, synchronization, "safepointId", 7L)
        .jvm(
            "jdk.SafepointStateSynchronization",
            VM,
            at,
            synchronization,
            "safepointId",
            7L,
            "initialThreadCount",
            9L)
        .jvm(
            "jdk.ExecuteVMOperation",
            VM,
            at + synchronization,
            2 * MS,
            "safepointId",
            7L,
            "operation",
            "G1CollectFull",
            "safepoint",
            true)
        .jvm("jdk.SafepointEnd", VM, at + synchronization + 2 * MS, MS, "safepointId", 7L);
  }

  @Test
  void threadWithoutACpuIsTheLateOneAndItsCulpritIsNamed() {
    Scene scene = safepoint(scene(), 100 * MS, 5 * MS);
    // Preempted before the request, back after 4.8 ms, then stopped.
    off(scene, STRATEGY, 99 * MS, 5_800_000, 5_800_000, "competitor");
    off(scene, STRATEGY, 104_900_000, 3 * MS, 0, "VM Thread");
    // On its CPU until it stopped at once.
    off(scene, RISK, 100_020_000, 8 * MS, 0, "VM Thread");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals(5 * MS, autopsy.safepoint().timeToSafepoint());
    assertEquals(9, autopsy.safepoint().running());
    assertEquals(2, autopsy.arrivals().size());
    Arrival late = autopsy.late().orElseThrow();
    assertEquals(STRATEGY, late.ledger().window().thread());
    assertEquals(4_900_000, late.at() - autopsy.safepoint().start());
    assertEquals(4_800_000, late.ledger().of(Cause.RUNNABLE));
    assertEquals(
        "G1CollectFull: all threads had stopped 5.00 ms after the request. The last to stop was"
            + " strategy, after 4.90 ms: it spent 4.80 ms runnable and not running, behind"
            + " competitor (pid 700) on CPU 1.",
        autopsy.describe());
  }

  @Test
  void compilerThatDidNotStopWasNotWaitedFor() {
    ThreadId compiler = new ThreadId(4716, "C2 CompilerThread0", 9);
    Scene scene = safepoint(scene(), 100 * MS, 5 * MS);
    off(scene, STRATEGY, 99 * MS, 3 * MS, 3 * MS, "competitor");
    off(scene, compiler, 99 * MS, 5_990_000, 5_990_000, "competitor");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals(STRATEGY, autopsy.last().orElseThrow().ledger().window().thread());
    assertEquals(1, autopsy.arrivals().size());
    // One that was stopped in the VM had to be waited for.
    off(scene, compiler, 104_995_000, 3 * MS, 0, "VM Thread");
    autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals(compiler, autopsy.last().orElseThrow().ledger().window().thread());
  }

  @Test
  void threadThatWasBlockedAnywayIsNotWaitedFor() {
    Scene scene = safepoint(scene(), 100 * MS, 5 * MS);
    // Parked before the request; woken meanwhile, it is stopped on its way out.
    off(scene, STRATEGY, 90 * MS, 14 * MS, MS, "risk");
    off(scene, STRATEGY, 104_500_000, 3 * MS, 0, "VM Thread");
    off(scene, RISK, 102 * MS, 6 * MS, 0, "VM Thread");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals(RISK, autopsy.last().orElseThrow().ledger().window().thread());
    assertEquals(1, autopsy.arrivals().size());
    assertFalse(autopsy.late().isPresent());
    assertTrue(
        autopsy.describe().endsWith("it ran code that does not poll for safepoints."),
        autopsy::describe);
  }

  @Test
  void codeThatDoesNotPollIsNamedByASampleOfThatTime() {
    Scene scene = safepoint(scene(), 100 * MS, 5 * MS);
    off(scene, RISK, 104_990_000, 6 * MS, 0, "VM Thread");
    sample(scene, RISK, 79 * MS, "engine.Risk.longBefore:3");
    assertNull(autopsy(scene).latestSafepoints().get(0).last().orElseThrow().code());
    sample(scene, RISK, 95 * MS, "engine.Risk.before:10");
    sample(scene, RISK, 98 * MS, "engine.Risk.sum:88");
    sample(scene, STRATEGY, 99 * MS, "engine.Strategy.other:7");
    sample(scene, RISK, 106 * MS, "engine.Risk.after:12");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals("engine.Risk.sum:88", autopsy.last().orElseThrow().code());
    assertTrue(
        autopsy
            .describe()
            .endsWith(
                "it ran code that does not poll for safepoints; a sample 2.00 ms before is in"
                    + " engine.Risk.sum:88."),
        autopsy::describe);
  }

  private static void sample(Scene scene, ThreadId thread, long at, String frame) {
    scene.jvm(
        "jdk.ExecutionSample",
        null,
        at,
        0,
        "sampledThread",
        Scene.value(thread),
        "stackTrace",
        CodeStacks.of(frame, "java.lang.Thread.run:1474"));
  }

  /** The JDK's default profile has no ends of safepoints, and operations from 10 ms on. */
  @Test
  void lateThreadOfASafepointWithoutAnEndIsNamed() {
    Scene scene = scene().jvm("jdk.SafepointBegin", VM, 100 * MS, 5 * MS, "safepointId", 7L);
    off(scene, STRATEGY, 99 * MS, 5_800_000, 5_800_000, "competitor");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertFalse(autopsy.safepoint().ended());
    assertEquals(5 * MS, autopsy.safepoint().timeToSafepoint());
    assertEquals(STRATEGY, autopsy.late().orElseThrow().ledger().window().thread());
    assertEquals(4_800_000, autopsy.late().orElseThrow().ledger().stolen());
  }

  @Test
  void vmThreadThatDidNotRunItselfIsTold() {
    Scene scene = safepoint(scene(), 100 * MS, 5 * MS);
    off(scene, VM, 100_100_000, 4 * MS, 4 * MS, "C2 CompilerThre");
    SafepointAutopsy autopsy = autopsy(scene).latestSafepoints().get(0);
    assertEquals(4 * MS, autopsy.vmThread().stolen());
    assertTrue(
        autopsy.describe().contains("The VM thread itself spent 4.00 ms runnable and not running"),
        autopsy::describe);
  }

  @Test
  void starvedWorkerOfAPauseIsNamed() {
    Scene scene = scene().jvm("jdk.GCPhasePause", VM, 200 * MS, 4 * MS, "name", "GC Pause");
    off(scene, WORKER, 201 * MS, 2_600_000, 2_600_000, "competitor");
    off(scene, OTHER_WORKER, 203 * MS, 100_000, 0, "GC Thread#3");
    PauseAutopsy autopsy = autopsy(scene).longestPauses().get(0);
    assertEquals(
        "GC Pause (GC 0) took 4.00 ms, of which GC Thread#3 spent 2.60 ms runnable and not running,"
            + " behind competitor (pid 700) on CPU 1.",
        autopsy.describe());
    Ledger starved = autopsy.starved().orElseThrow();
    assertEquals(WORKER, starved.window().thread());
    assertEquals(1_400_000, starved.of(Cause.ON_CPU));
    for (Ledger ledger : autopsy.workers()) {
      long sum = ledger.unexplained();
      for (Part part : ledger.parts()) {
        sum += part.ns();
      }
      assertEquals(4 * MS, sum);
    }
  }

  @Test
  void pauseWithoutAReasonSaysSo() {
    Scene scene = scene().jvm("jdk.GCPhasePause", VM, 200 * MS, 4 * MS, "name", "GC Pause");
    off(scene, WORKER, 201 * MS, 100_000, 100_000, "competitor");
    assertTrue(
        autopsy(scene)
            .longestPauses()
            .get(0)
            .describe()
            .endsWith(
                "no worker was kept from running for long (the worst, GC Thread#3, for 100 µs)."));
  }

  @Test
  void nothingIsReadTwiceWithoutAPause() {
    Autopsy autopsy = new Autopsy();
    assertTrue(autopsy.secondReading(scene().read(autopsy)).isEmpty());
  }
}
