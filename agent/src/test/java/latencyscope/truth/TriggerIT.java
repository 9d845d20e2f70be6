package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.KernelTest;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When it hurts, the last seconds are written to a file, once in a cool-down. */
@KernelTest
class TriggerIT {
  private static final long LIMIT_MS = 15_000;
  private static final String SWITCH = "latencyscope.ContextSwitch>200ms";

  @TempDir Path folder;

  private Engine engine(String trigger) throws IOException {
    Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent(
                // The JVM's own threads sleep for longer all day.
                "threads=short+stalled*+sleeper,trigger="
                    + trigger
                    + ",trigger.dir="
                    + folder
                    + ",trigger.last=20s")
            .start(folder.resolve("stderr.txt"));
    engine.await("ready");
    engine.say("await capturing");
    assertEquals("capturing", engine.await("state"));
    return engine;
  }

  @Test
  void aLongStallOfAThreadIsWrittenOnce() throws Exception {
    try (Engine engine = engine(SWITCH + "|runqueue>50s")) {
      nap(engine, "short", 50);
      nap(engine, "stalled", 300);
      Path file = awaitFile();
      nap(engine, "stalled-again", 300);
      TimeUnit.SECONDS.sleep(2);
      assertEquals(List.of(file), files(), "the cool-down is a minute");
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

      OurAccount ours = OurAccount.read(file);
      RecordedEvent stall = longest(ours.events("ContextSwitch"), "stalled");
      assertTrue(stall.getDuration().toMillis() >= 300, stall::toString);
      assertEquals("stalled", stall.getThread().getJavaName());
      RecordedEvent trigger = ours.events("Trigger").get(0);
      assertEquals(SWITCH, trigger.getString("condition"));
      assertEquals("latencyscope.ContextSwitch", trigger.getString("type"));
      assertEquals("stalled", trigger.getString("thread"));
      assertEquals(file.toString(), trigger.getString("file"));
      assertTrue(trigger.getDuration("value").toMillis() >= 300, trigger::toString);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** A profile, or whoever starts the recording, may ask for it as well as the agent's option. */
  @Test
  void aRecordingMayAskForIt() throws Exception {
    try (Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation,threads=asked,trigger.dir=" + folder)
            .start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", "+latencyscope.Capture#trigger=" + SWITCH);
      KernelObjects.awaitHeldBy(engine.pid(), List.of("isolation"));
      nap(engine, "asked", 300);
      RecordedEvent trigger = OurAccount.read(awaitFile()).events("Trigger").get(0);
      assertEquals("asked", trigger.getString("thread"));
      jcmd.stop("capture");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void anEventOfTheJvmIsWatchedToo() throws Exception {
    try (Engine engine = engine("jdk.ThreadSleep>200ms")) {
      nap(engine, "short", 50);
      nap(engine, "sleeper", 300);
      OurAccount ours = OurAccount.read(awaitFile());
      RecordedEvent trigger = ours.events("Trigger").get(0);
      assertEquals("sleeper", trigger.getString("thread"));
      assertTrue(longest(ours.events("ContextSwitch"), "sleeper").getDuration().toMillis() >= 300);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void aFolderThatIsNotThereIsToldAndTheEngineRunsOn() throws Exception {
    Path missing = folder.resolve("missing");
    try (Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent("threads=stalled,trigger=" + SWITCH + ",trigger.dir=" + missing)
            .start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.say("await capturing");
      engine.await("state");
      nap(engine, "stalled", 300);
      for (long waited = 0; waited < LIMIT_MS && said().isEmpty(); waited += 100) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      nap(engine, "still-here", 1);
    }
    List<String> lines = said();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.get(0).contains(missing.toString()), lines::toString);
  }

  private List<String> said() throws IOException {
    return Files.readAllLines(folder.resolve("stderr.txt"));
  }

  private static RecordedEvent longest(List<RecordedEvent> events, String thread) {
    return events.stream()
        .filter(event -> thread.equals(event.getString("thread")))
        .max((a, b) -> a.getDuration().compareTo(b.getDuration()))
        .orElseThrow(() -> new AssertionError("no event of " + thread));
  }

  private static void nap(Engine engine, String name, int millis) throws IOException {
    engine.say("naps " + name + " 1 " + millis);
    engine.await("napped " + name);
  }

  private Path awaitFile() throws Exception {
    for (long waited = 0; waited < LIMIT_MS; waited += 100) {
      if (!files().isEmpty()) {
        return files().get(0);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(
        "nothing was written; " + Files.readString(folder.resolve("stderr.txt")));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".jfr")).toList();
    }
  }
}
