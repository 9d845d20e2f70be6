package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No room, or no right, to write what the agent is to write: one line, and the engine runs on. */
@KernelTest
class FullDiskIT {
  private static final long LIMIT_MS = 60_000;

  @TempDir Path folder;

  private Path disk;
  private Path errors;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    errors = folder.resolve("stderr.txt");
    Commands.output("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    Commands.output("umount", disk.toString());
  }

  private String awaitLine() throws Exception {
    for (long waited = 0; waited < LIMIT_MS; waited += 100) {
      List<String> said = Files.readAllLines(errors);
      if (!said.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(500);
        assertEquals(1, Files.readAllLines(errors).size(), () -> "more than a line: " + said);
        return said.get(0);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("nothing was said");
  }

  private static void assertRunsOn(Engine engine) throws Exception {
    engine.say("naps still-here 1 1");
    engine.await("napped still-here");
    engine.say(Launch.LEAVE);
    assertEquals(Launch.EXIT_CODE, engine.finish());
  }

  private static void assertRunsAndCapturesOn(Engine engine) throws Exception {
    KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
    assertRunsOn(engine);
    loaded.awaitGone();
  }

  /** What was written until then is taken away. */
  @Test
  void aTriggersFileThatFindsNoRoom() throws Exception {
    String trigger = "trigger=latencyscope.ContextSwitch>200ms,trigger.dir=" + disk;
    try (Engine engine = Launch.of(NappingEngine.class).withAgent(trigger).start(errors)) {
      engine.await("ready");
      engine.awaitCapturing();
      engine.say("naps worker 2000 1");
      engine.await("napped worker");
      engine.say("naps stalled 1 300");
      engine.await("napped stalled");
      String line = awaitLine();
      assertTrue(
          line.contains("could not write the file of trigger") && line.contains("No space"), line);
      try (Stream<Path> all = Files.list(disk)) {
        assertEquals(List.of(), all.toList());
      }
      assertRunsAndCapturesOn(engine);
    }
  }

  @Test
  void aRecordingsFileOnAReadOnlyDisk() throws Exception {
    mountReadOnly();
    Path file = disk.resolve("a.jfr");
    String options = "start=latencyscope,file=" + file;
    try (Engine engine = Launch.of(NappingEngine.class).withAgent(options).start(errors)) {
      engine.await("ready");
      String line = awaitLine();
      assertTrue(line.contains("could not start the recording"), line);
      // The path alone would not say what is wrong with it.
      assertTrue(line.contains(file.toString()) && line.contains("Read-only file system"), line);
      new Jcmd(engine.pid()).start("another");
      assertRunsAndCapturesOn(engine);
    }
    assertEquals(1, Files.readAllLines(errors).size());
  }

  /** The recorder itself cannot start then; the engine must. */
  @Test
  void theRecordersOwnFilesOnAReadOnlyDisk() throws Exception {
    mountReadOnly();
    Launch launch =
        Launch.of(NappingEngine.class)
            .with("-Xlog:disable", "-Djava.io.tmpdir=" + disk)
            .withAgent("start=latencyscope");
    try (Engine engine = launch.start(errors)) {
      engine.await("ready");
      String line = awaitLine();
      assertTrue(line.contains("start=latencyscope"), line);
      assertRunsOn(engine);
    }
  }

  private void mountReadOnly() throws Exception {
    Commands.output("mount", "-o", "remount,ro", disk.toString());
  }
}
