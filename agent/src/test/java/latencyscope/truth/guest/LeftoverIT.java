package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.jfr.Schema;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a capture ends, nothing of it stays in the kernel or in the engine. */
@KernelTest
class LeftoverIT {
  private static final int CYCLES = 10;
  private static final int MANY_CYCLES = 100;

  /** So often a leak would show again; what the JVM takes once, or gives back, does not. */
  private static final int STAGES = 5;

  /** What a JVM's memory may differ by between two looks that are minutes apart. */
  private static final long NOISE_KB = 4_096 / STAGES;

  private static final int SIGKILL_EXIT = 128 + 9;

  @TempDir Path folder;

  private Engine engine() throws IOException {
    Engine engine = Launch.of(NappingEngine.class).withAgent().start(folder.resolve("stderr.txt"));
    engine.await("ready");
    return engine;
  }

  @Test
  void endOfTheEngineTakesAllAway() throws Exception {
    try (Engine engine = engine()) {
      new Jcmd(engine.pid()).start("capture");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      engine.say("leave 0");
      assertEquals(0, engine.finish());
      loaded.awaitGone();
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /**
   * In its last moments the recorder stops all recordings under its own lock, and tells us. What we
   * are at then, the modules' loading or the look at all recordings once a second, must not wait
   * for that lock under ours.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "trigger=gc>1s"})
  void anEngineMayEndAtAnyMomentOfACapture(String options) throws Exception {
    Launch launch = Launch.of(NappingEngine.class).withAgent(options);
    for (long afterMs = 0; afterMs < 1_500; afterMs += 150) {
      try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
        engine.await("ready");
        new Jcmd(engine.pid()).start("capture");
        TimeUnit.MILLISECONDS.sleep(afterMs);
        engine.say("leave 0");
        assertEquals(0, engine.finish(), "left " + afterMs + " ms after the recording's start");
      }
      assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    }
  }

  @Test
  void endOfTheRecordingTakesAllAwayWhileTheEngineRunsOn() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      engine.awaitCapturing(); // a stop waits for the set-up, but for two seconds only
      jcmd.stop("capture");
      // The recording was stopped, so the capture is: jcmd has waited for it.
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
      loaded.awaitGone();
      engine.say("naps still-here 1 1");
      engine.await("napped still-here");
    }
  }

  @Test
  void killedEngineLeavesNothing() throws Exception {
    try (Engine engine = engine()) {
      new Jcmd(engine.pid()).start("capture");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      engine.say("naps busy 5000 1");
      TimeUnit.MILLISECONDS.sleep(500);
      Commands.output("kill", "-KILL", String.valueOf(engine.pid()));
      assertEquals(SIGKILL_EXIT, engine.finish());
      loaded.awaitGone();
    }
  }

  @Test
  void tenCapturesLeaveAsManyThreadsAndFilesAsTwo() throws Exception {
    // Threads of the JVM's own that it makes and ends as it likes would be counted as well.
    Launch launch =
        Launch.of(NappingEngine.class)
            .with("-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads")
            .withAgent();
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      // What the recorder itself keeps, it has after the first ones.
      cycle(engine);
      cycle(engine);
      long files = settledCount(engine, "fd");
      long threads = settledCount(engine, "task");
      for (int i = 0; i < CYCLES; i++) {
        cycle(engine).awaitGone();
        assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
      }
      assertEquals(files, settledCount(engine, "fd"), "file descriptors");
      assertEquals(threads, settledCount(engine, "task"), "threads");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** What the agent's own threads wait for is not the engine's. */
  @Test
  void ownThreadsDoNotFillTheRecording() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start(
          "capture",
          "settings=none",
          "+jdk.ThreadPark#enabled=true",
          "+jdk.ThreadSleep#enabled=true",
          "+jdk.JavaMonitorWait#enabled=true",
          "+latencyscope.ContextSwitch#enabled=true");
      KernelObjects.awaitHeldBy(engine.pid());
      engine.say("naps trader 20 100");
      engine.await("napped trader");
      jcmd.stop("capture", recording);
    }
    OurAccount ours = OurAccount.read(recording);
    long waits = 0;
    for (String type : List.of("jdk.ThreadPark", "jdk.ThreadSleep", "jdk.JavaMonitorWait")) {
      waits +=
          ours.eventsOf(type).stream()
              .filter(event -> event.getThread() != null)
              .filter(event -> event.getThread().getJavaName().startsWith("latencyscope-"))
              .count();
    }
    // Waiting for one another while they start is all they do.
    assertTrue(waits < 20, waits + " waits of the agent's threads in two seconds");
  }

  /**
   * One module, so that a hundred captures take a minute; the modules share all of the code. And
   * the simpler compiler: the other one takes and gives back ten megabytes whenever it likes. And
   * one arena of the C library: it gives a new thread one of its own, or not, as it likes. What
   * else comes and goes in a lump, some five or ten megabytes once in a few runs, is no leak: that
   * takes some in each ten captures.
   */
  @Test
  void aHundredCapturesLeaveNothingAndTakeNoMoreMemory() throws Exception {
    List<String> modules = List.of("isolation");
    Launch launch =
        Launch.of(NappingEngine.class)
            .with("-XX:+UseSerialGC", "-Xms32m", "-Xmx32m", "-XX:+AlwaysPreTouch")
            .with("-XX:TieredStopAtLevel=1", "-XX:-UseDynamicNumberOfCompilerThreads")
            .under("env", "MALLOC_ARENA_MAX=1")
            .withAgent("modules=isolation");
    Set<Long> all = new TreeSet<>();
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      long threads = 0;
      long files = 0;
      List<Long> residentKb = new ArrayList<>();
      for (int i = 1; i <= MANY_CYCLES; i++) {
        KernelObjects loaded = cycle(engine, modules);
        assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "after capture " + i);
        all.addAll(loaded.programs());
        if (i == 2) {
          threads = settledCount(engine, "task");
          files = settledCount(engine, "fd");
        } else if (i == MANY_CYCLES) {
          loaded.awaitGone();
        }
        if (i >= MANY_CYCLES / 2 && i % (MANY_CYCLES / 2 / STAGES) == 0) {
          residentKb.add(residentKb(engine));
        }
      }
      long[] grownKb =
          IntStream.range(1, residentKb.size())
              .mapToLong(i -> residentKb.get(i) - residentKb.get(i - 1))
              .sorted()
              .toArray();
      assertTrue(grownKb[STAGES / 2] < NOISE_KB, "KiB after 50, 60, … captures: " + residentKb);
      assertEquals(threads, settledCount(engine, "task"), "threads");
      assertEquals(files, settledCount(engine, "fd"), "file descriptors");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    KernelObjects.all().programs().forEach(program -> assertFalse(all.contains(program)));
  }

  /** Memory that the engine has, without what a collection would give back. */
  private static long residentKb(Engine engine) throws Exception {
    Commands.output(
        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
        String.valueOf(engine.pid()),
        "GC.run");
    Path status = Path.of("/proc", String.valueOf(engine.pid()), "status");
    return Long.parseLong(ProcFile.of(status).text("VmRSS").replace(" kB", ""));
  }

  private static KernelObjects cycle(Engine engine) throws Exception {
    return cycle(engine, Schema.modules());
  }

  private static KernelObjects cycle(Engine engine, List<String> modules) throws Exception {
    Jcmd jcmd = new Jcmd(engine.pid());
    jcmd.start("capture");
    KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid(), modules);
    engine.awaitCapturing();
    jcmd.stop("capture");
    return loaded;
  }

  /**
   * Entries of a folder in the engine's {@code /proc}: the least of several looks, because compiler
   * threads come and go and files are open for a moment.
   */
  private static long settledCount(Engine engine, String entries) throws Exception {
    long least = Long.MAX_VALUE;
    for (int look = 0; look < 10; look++) {
      TimeUnit.MILLISECONDS.sleep(100);
      try (Stream<Path> all = Files.list(Path.of("/proc", String.valueOf(engine.pid()), entries))) {
        least = Math.min(least, all.count());
      }
    }
    return least;
  }
}
