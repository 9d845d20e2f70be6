package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.bpf.KernelTest;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a capture ends, nothing of it stays in the kernel or in the engine. */
@KernelTest
class LeftoverIT {
  private static final int CYCLES = 10;
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

  @Test
  void endOfTheRecordingTakesAllAwayWhileTheEngineRunsOn() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
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
    try (Engine engine = engine()) {
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

  private static KernelObjects cycle(Engine engine) throws Exception {
    Jcmd jcmd = new Jcmd(engine.pid());
    jcmd.start("capture");
    KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
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
