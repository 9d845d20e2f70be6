package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NativeEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a first capture needs is there before it, and the engine notices nothing. */
@KernelTest
class PreparationIT {
  private static final long LIMIT_S = 60;

  @TempDir Path folder;

  @Test
  void engineIsPreparedAndNothingOfItChanges() throws Exception {
    Launch engine = Launch.of(NativeEngine.class);
    String alone = errorsOf(engine, "alone.txt", false);
    assertTrue(alone.contains("WARNING: A restricted method"), alone);
    Path compiled = folder.resolve("compiled.txt");
    Launch prepared = engine.withAgent().with("-Xlog:jit+compilation=debug:file=" + compiled);
    assertEquals(alone, errorsOf(prepared, "prepared.txt", true));
    // It would take the permission for a constant; the engine above then misses its warning
    // sometimes only.
    String all = Files.readString(compiled);
    assertTrue(all.contains("java.lang."), all);
    assertFalse(all.contains("java.lang.Module::ensureNativeAccess"), all);
  }

  @Test
  void engineMayDoWithout() throws Exception {
    Launch plain = Launch.of(NativeEngine.class);
    try (Engine without = plain.withAgent("prepare=off").start(folder.resolve("without.txt"));
        Engine with = plain.withAgent().start(folder.resolve("with.txt"))) {
      without.await("ready");
      with.await("ready");
      awaitPrepared(with);
      assertFalse(hasLibbpf(without));
    }
  }

  /** Lets it make its native call, after it has been prepared if it is to be. */
  private String errorsOf(Launch launch, String name, boolean prepared) throws Exception {
    Path errors = folder.resolve(name);
    try (Engine engine = launch.start(errors)) {
      engine.await("ready");
      if (prepared) {
        awaitPrepared(engine);
        assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "loaded without a recording");
      }
      engine.say("go");
      assertEquals("false", engine.await("recorder"));
      engine.await("linked");
    }
    return Files.readString(errors);
  }

  private static void awaitPrepared(Engine engine) throws Exception {
    for (long ms = 0; !hasLibbpf(engine) || isPreparing(engine); ms += 10) {
      assertTrue(ms < TimeUnit.SECONDS.toMillis(LIMIT_S), "not prepared");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static boolean hasLibbpf(Engine engine) throws IOException {
    return Files.readString(Path.of("/proc/" + engine.pid() + "/maps")).contains("libbpf.so");
  }

  private static boolean isPreparing(Engine engine) throws IOException {
    return ProcFile.threads(engine.pid()).stream()
        .anyMatch(thread -> thread.text("Name").equals("latencyscope-pr"));
  }
}
