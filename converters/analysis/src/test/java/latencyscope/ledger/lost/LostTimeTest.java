package latencyscope.ledger.lost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import latencyscope.analysis.Report;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Segment;
import latencyscope.recording.Recording;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostTimeTest {
  private static final ThreadId STRATEGY = new ThreadId(100, "strategy", 10);
  private static final ThreadId FEED = new ThreadId(101, "feed", 11);
  private static final ThreadId COMPILER = new ThreadId(102, "C2 CompilerThread0", 12);
  private static final long CAPTURED = 10_000_000;

  @TempDir Path directory;

  private static Scene scene() {
    return Scene.captured(CAPTURED, "").records("isolation", 0, CAPTURED);
  }

  private static Scene wait(Scene scene, ThreadId thread, long from, long ns) {
    return scene.kernel(
        "RunQueueWait",
        thread,
        from,
        ns,
        1,
        "kind",
        "preempted",
        "culprit",
        "competitor",
        "culpritTid",
        900L,
        "culpritPid",
        900L,
        "culpritHeld",
        ns,
        "accounted",
        ns,
        "tasksBetween",
        1L);
  }

  private static LostTime lost(Scene scene) {
    return scene.report().first().lost();
  }

  /** By hand: 3 ms behind a competitor, 0.2 ms in an interrupt, 1 ms in which it blocked. */
  private static Scene busy() {
    Scene scene =
        scene()
            .count(STRATEGY, "cpu_time_ns", 5_800_000)
            .count(STRATEGY, "run_delay_ns", 3_000_000);
    wait(scene, STRATEGY, 1_000_000, 2_000_000);
    wait(scene, STRATEGY, 5_000_000, 1_000_000);
    scene.kernel("HardIrq", STRATEGY, 4_000_000, 200_000, 1, "irq", 36L, "device", "eth0");
    scene.kernel(
        "ContextSwitch", STRATEGY, 7_000_000, 1_000_000, 1, "voluntary", true, "state", "sleeping");
    return scene;
  }

  @Test
  void partsOfABusyThreadAreWhatItLost() {
    LostTime lost = lost(busy());
    ThreadLoss loss = lost.threads().get(0);
    assertEquals(1, lost.threads().size());
    assertEquals(STRATEGY, loss.thread());
    assertEquals(ThreadLoss.Why.BUSY, loss.why());
    assertEquals(CAPTURED, loss.captured());
    assertEquals(4_200_000, loss.lost());
    assertEquals(
        List.of(
            new ThreadLoss.Part(LossKind.CPU_WAIT, 3_000_000, 2, 2_000_000),
            new ThreadLoss.Part(LossKind.BLOCKED, 1_000_000, 1, 1_000_000),
            new ThreadLoss.Part(LossKind.INTERRUPTS, 200_000, 1, 200_000)),
        loss.parts());
    assertEquals(0.42, loss.share(), 1e-9);
  }

  /** One that has little to do waits for it, which is no loss; what keeps it from its work is. */
  @Test
  void aDeclaredThreadMayBlock() {
    Scene scene = scene().count(FEED, "cpu_time_ns", 100_000).count(FEED, "run_delay_ns", 500_000);
    wait(scene, FEED, 1_000_000, 500_000);
    scene.kernel(
        "ContextSwitch", FEED, 2_000_000, 7_000_000, 1, "voluntary", true, "state", "sleeping");
    scene.jvm("demo.Order", FEED, 900_000, 800_000);
    ThreadLoss loss = lost(scene).threads().get(0);
    assertEquals(ThreadLoss.Why.DECLARED, loss.why());
    assertEquals(500_000, loss.lost());
  }

  @Test
  void theJvmsOwnThreadsDoNotMatter() {
    Scene scene = busy().count(COMPILER, "cpu_time_ns", CAPTURED);
    wait(scene, COMPILER, 0, 9_000_000);
    assertEquals(
        List.of(STRATEGY), lost(scene).threads().stream().map(ThreadLoss::thread).toList());
  }

  @Test
  void whereNoneIsBusyTheMostActiveAreShown() {
    Scene scene = scene().count(FEED, "cpu_time_ns", 100_000);
    wait(scene, FEED, 1_000_000, 500_000);
    assertEquals(ThreadLoss.Why.ACTIVE, lost(scene).threads().get(0).why());
  }

  @Test
  void withoutTheIsolationModuleNothingIsKnown() {
    Scene scene = Scene.captured(CAPTURED, "");
    assertEquals(List.of(), lost(scene).threads());
  }

  /** One order waits 2 ms, one 0.5 ms of the second wait, one not at all. */
  @Test
  void whatWouldRemainOfOrders() {
    Scene scene =
        busy()
            .jvm("demo.Order", STRATEGY, 900_000, 2_200_000)
            .jvm("demo.Order", STRATEGY, 5_500_000, 600_000)
            .jvm("demo.Order", STRATEGY, 9_000_000, 50_000);
    Without without = lost(scene).without((thread, segment) -> segment.cause() == Cause.RUNNABLE);
    assertEquals("demo.Order", without.event());
    assertEquals(2_200_000, without.with().max());
    assertEquals(3, without.without().count());
    assertEquals(200_000, without.without().max());
    assertEquals(100_000, without.without().percentile(50));
    assertEquals(50_000, without.without().percentile(1));
    assertEquals(4_200_000, without.lost());
    assertEquals(1_200_000, without.remaining());
  }

  @Test
  void aStopIsForTheCollectionOfThatTime() {
    ThreadId vm = new ThreadId(103, "VM Thread", 0);
    Scene scene = busy().count(vm, "cpu_time_ns", 1);
    scene
        .jvm("jdk.SafepointBegin", vm, 8_500_000, 10_000, "safepointId", 1L)
        .jvm("jdk.SafepointEnd", vm, 8_900_000, 1_000, "safepointId", 1L)
        .jvm(
            "jdk.ExecuteVMOperation",
            vm,
            8_510_000,
            380_000,
            "safepointId",
            1L,
            "operation",
            "G1CollectFull",
            "safepoint",
            true)
        .jvm("jdk.GarbageCollection", vm, 8_510_000, 380_000, "gcId", 1L, "cause", "System.gc()")
        .kernel(
            "ContextSwitch",
            STRATEGY,
            8_520_000,
            350_000,
            1,
            "voluntary",
            true,
            "state",
            "sleeping",
            "waker",
            "VM Thread",
            "wakerTid",
            103L,
            "wakerPid",
            4711L,
            "wakerContext",
            "task");
    Report report = scene.report();
    LostTime lost = report.first().lost();
    Segment stopped =
        lost.threads().get(0).stretches().stream()
            .filter(segment -> segment.cause() == Cause.STOPPED)
            .findFirst()
            .orElseThrow();
    assertEquals(new Stop("G1CollectFull", "System.gc()"), lost.stop(stopped));
    assertTrue(
        report.topCauses().stream()
            .anyMatch(cause ->
                cause.title().equals("Garbage collection (System.gc()) stopped strategy")
                    && cause.lostNs() == 350_000));
  }

  /**
   * Real recordings: the wait for a CPU is the scheduler's own, {@code run_delay} of schedstat,
   * which shares no code with the events; waits below the threshold have no event.
   */
  @ParameterizedTest
  @ValueSource(strings = {"engine", "contended"})
  void waitsAreTheSchedulersOwn(String name) throws Exception {
    Path file = directory.resolve(name + ".jfr");
    try (InputStream in = getClass().getResourceAsStream("/recordings/" + name + ".jfr.gz")) {
      Files.write(file, new GZIPInputStream(in).readAllBytes());
    }
    Report report = Report.read(consumer -> Recording.read(List.of(file), consumer), List.of());
    List<ThreadLoss> threads = report.first().lost().threads();
    assertTrue(!threads.isEmpty(), "a thread matters");
    for (ThreadLoss loss : threads) {
      assertEquals(loss.lost(), loss.parts().stream().mapToLong(ThreadLoss.Part::ns).sum());
      assertEquals(loss.lost(), loss.stretches().stream().mapToLong(Segment::ns).sum());
      long waited =
          loss.parts().stream()
              .filter(part -> part.kind() == LossKind.CPU_WAIT)
              .mapToLong(ThreadLoss.Part::ns)
              .sum();
      // The kernel's own distribution has the waits below the threshold of 10 µs, too.
      long counted =
          Stream.of("runqueue_wakeup", "runqueue_preempted")
              .flatMap(measure ->
                  report.recording().distributions("isolation", measure).entrySet().stream())
              .filter(entry -> entry.getKey().osTid() == loss.thread().osTid())
              .mapToLong(entry -> entry.getValue().total())
              .sum();
      assertEquals(counted, waited, 0.02 * counted, loss.thread().name());
      long delay =
          report
              .recording()
              .counters("isolation")
              .byMeasure()
              .get("run_delay_ns")
              .entrySet()
              .stream()
              .filter(entry -> entry.getKey().osTid() == loss.thread().osTid())
              .mapToLong(Map.Entry::getValue)
              .sum();
      // Its clock stands still while an idle CPU wakes for the thread.
      assertEquals(delay, waited, 0.05 * delay, loss.thread().name());
    }
  }
}
