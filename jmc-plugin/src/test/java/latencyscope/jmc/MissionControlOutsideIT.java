package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The demo engine on each Java, watched from outside: no event has a thread of its, and yet Mission
 * Control shows each thread's events and numbers under its name, as the command line does.
 */
class MissionControlOutsideIT {
  @TempDir Path folder;

  @BeforeAll
  static void needsTheKernel() {
    Kernel.required();
  }

  /** Fails on the version before: one lane for all threads, without a name. */
  @ParameterizedTest
  @ValueSource(strings = {"17", "25"})
  void missionControlAndTheCommandLineSayTheSame(String version) throws Exception {
    Optional<Path> java = PlugIn.java(version);
    assumeTrue(java.isPresent(), "no Java " + version + " under /usr/lib/jvm");
    Path recording = watch(java.get());
    Judged judged = Judged.of(recording);
    SameNumbers.assertSame(recording, Kernel.json(folder, recording), judged);
    Set<String> lanes = Lanes.sums(judged.items()).keySet();
    assertTrue(lanes.contains("RunQueueWait strategy"), lanes::toString);
  }

  private Path watch(Path java) throws Exception {
    Path recording = folder.resolve("outside.jfr");
    Process engine =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                Kernel.RELEASED.toString(),
                "demo.TradingEngine",
                "--seconds",
                "600",
                "--competitor")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("engine.txt").toFile())
            .start();
    try {
      PlugIn.run(
          folder,
          List.of(
              PlugIn.THIS_JAVA.toString(),
              "-jar",
              Kernel.RELEASED.toString(),
              "--pid",
              Long.toString(engine.pid()),
              "-d",
              "1",
              "--cpus",
              Integer.toString(Runtime.getRuntime().availableProcessors() - 1),
              "-o",
              recording.toString()));
    } finally {
      engine.destroy();
      engine.waitFor(10, TimeUnit.SECONDS);
      engine.destroyForcibly();
    }
    return recording;
  }
}
