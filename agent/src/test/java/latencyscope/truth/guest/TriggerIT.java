package latencyscope.truth.guest;

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
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.FrozenDisk;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When it hurts, the last seconds are written to a file, once in a cool-down. */
@KernelTest
class TriggerIT {
  private static final long LIMIT_MS = 60_000;
  private static final int CPU = 1;
  private static final String SWITCH = "latencyscope.ContextSwitch>200ms";

  /** What a condition on "latency" watches. */
  private static final List<String> LATENCIES =
      List.of(
          "latencyscope.RunQueueWait",
          "latencyscope.HardIrq",
          "latencyscope.SoftIrq",
          "latencyscope.LocalInterrupt",
          "latencyscope.PageFault",
          "latencyscope.MemoryStall",
          "latencyscope.SocketDelivery",
          "jdk.GCPhasePause",
          "jdk.SafepointBegin");

  @TempDir Path folder;

  private Engine engine(String trigger) throws IOException {
    return engine(trigger, folder);
  }

  private Engine engine(String trigger, Path dir) throws IOException {
    Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent(
                // The JVM's own threads sleep for longer all day; so do ours, which do not count.
                "threads=short+stalled*+sleeper+waits+latencyscope-*,trigger="
                    + trigger
                    + ",trigger.dir="
                    + dir
                    + ",trigger.last=20s")
            .start(folder.resolve("stderr.txt"));
    engine.await("ready");
    engine.awaitCapturing();
    return engine;
  }

  @Test
  void aLongStallOfAThreadIsWrittenOnce() throws Exception {
    try (Engine engine = engine(SWITCH + "|runqueue>50s")) {
      engine.nap("short", 1, 50);
      engine.nap("stalled", 1, 300);
      Path file = awaitFile();
      engine.nap("stalled-again", 1, 300);
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
      jcmd.awaitCapturing();
      engine.nap("asked", 1, 300);
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
      awaitStream(engine);
      engine.nap("short", 1, 50);
      engine.nap("sleeper", 1, 300);
      OurAccount ours = OurAccount.read(awaitFile());
      RecordedEvent trigger = ours.events("Trigger").get(0);
      assertEquals("sleeper", trigger.getString("thread"));
      assertTrue(longest(ours.events("ContextSwitch"), "sleeper").getDuration().toMillis() >= 300);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void aCollectionIsWatched() throws Exception {
    try (Engine engine = engine("gc>1us")) {
      awaitStream(engine);
      new Jcmd(engine.pid()).collect();
      RecordedEvent pause = fired(awaitFile(), "gc>1us", "jdk.GCPhasePause");
      assertTrue(pause.getDuration().toNanos() > 1_000, pause::toString);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void anEventOfTheEngineIsWatched() throws Exception {
    try (Engine engine = engine("test.Order>200ms")) {
      awaitStream(engine);
      order(engine, 1);
      order(engine, 300);
      RecordedEvent order = fired(awaitFile(), "test.Order>200ms", "test.Order");
      assertTrue(order.getDuration().toMillis() >= 300, order::toString);
      assertEquals("main", order.getThread().getJavaName());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  private static void order(Engine engine, int millis) throws IOException {
    engine.say("order " + millis);
    engine.await("ordered");
  }

  @Test
  void aWaitForTheCpuIsWatched() throws Exception {
    try (Engine engine = engine("runqueue>20us,drain.cpus=0,trigger.cooldown=2s")) {
      Process competitor = compete(engine);
      try {
        RecordedEvent wait = fired(awaitFile(), "runqueue>20us", "latencyscope.RunQueueWait");
        assertEquals("waits", wait.getString("thread"));
        assertTrue(wait.getDuration().toNanos() > 20_000, wait::toString);
        awaitCulprit(competitor);
      } finally {
        Commands.end(competitor);
      }
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /**
   * Waits until a file has a wait behind the competitor. The wait that was met first need not be
   * one: on a busy machine it is that of the thread's birth, and the file may be written before the
   * thread has been moved to the competitor's CPU.
   */
  private void awaitCulprit(Process competitor) throws Exception {
    for (long waited = 0; waited < LIMIT_MS; waited += 500) {
      for (Path file : files()) {
        for (RecordedEvent event : OurAccount.read(file).events("RunQueueWait")) {
          if ("waits".equals(event.getString("thread"))
              && isOf(competitor, event.getLong("culpritPid"))) {
            return;
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
    throw new AssertionError("the competitor is in no event");
  }

  /** Whatever takes the time of a thread that wants to run. */
  @Test
  void anyLatencyIsWatched() throws Exception {
    String condition = "latency>1ms";
    try (Engine engine = engine(condition + ",drain.cpus=0")) {
      Process competitor = compete(engine);
      try {
        Path file = awaitFile();
        String type = OurAccount.read(file).events("Trigger").get(0).getString("type");
        // A safepoint that waits for the thread that waits is as true; and on a busy machine its
        // first fault or an interrupt may be as long.
        assertTrue(LATENCIES.contains(type), type);
        assertTrue(fired(file, condition, type).getDuration().toNanos() > 1_000_000);
      } finally {
        Commands.end(competitor);
      }
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** A thread that wants all of a CPU, which another process wants, too. */
  private static Process compete(Engine engine) throws Exception {
    Process competitor = Commands.competitor(CPU);
    engine.say("spins waits 60000");
    engine.await("spins waits");
    Commands.pin(String.valueOf(ProcFile.thread(engine.pid(), "waits")), CPU);
    return competitor;
  }

  private static boolean isOf(Process process, long pid) {
    return process.pid() == pid || process.descendants().anyMatch(child -> child.pid() == pid);
  }

  @Test
  void afterTheCoolDownTheNextOneIsWrittenAndNoneWithinIt() throws Exception {
    long naps = 0;
    try (Engine engine = engine(SWITCH + ",trigger.cooldown=2s")) {
      long began = System.nanoTime();
      while (files().size() < 3) {
        engine.nap("stalled", 1, 300);
        naps++;
        assertTrue(naps < 100, () -> "no third file in a hundred naps");
      }
      int written = files().size();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
      assertTrue(written <= seconds / 2 + 1, written + " files in " + seconds + " s");
    }
    assertEquals(3, files().stream().distinct().count());
    assertTrue(naps > 3, "each of the " + naps + " naps was written");
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** The disk that a trigger writes to hangs: nobody waits for it but the thread that writes. */
  @Test
  void theEngineDoesNotWaitForTheFile() throws Exception {
    try (FrozenDisk disk = FrozenDisk.in(folder);
        Engine engine = engine(SWITCH, disk.folder())) {
      disk.freeze();
      engine.nap("stalled", 1, 300);
      awaitStuck(engine, "latencyscope-tr");
      long spinMs = 5_000;
      engine.say("spins waits " + spinMs);
      engine.await("spins waits");
      engine.nap("stalled-after", 1, 300);
      Path other = folder.resolve("other.recording");
      new Jcmd(engine.pid()).dump("LatencyScope", other);
      String[] spun = engine.await("spun waits").split(" ");
      RecordedEvent after =
          longest(OurAccount.read(other).events("ContextSwitch"), "stalled-after");
      assertTrue(after.getDuration().toMillis() >= 300, after::toString);
      // What it takes from the thread that it is not alone on the machine is far less.
      assertTrue(
          Long.parseLong(spun[1]) < TimeUnit.MILLISECONDS.toNanos(spinMs) / 2,
          () -> "while a file was written the engine stood for " + spun[1] + " ns");
      assertEquals(List.of(), files(disk.folder()), "it is stuck still");
      awaitStuck(engine, "latencyscope-tr");
      disk.thaw();
      fired(awaitFile(disk.folder()), SWITCH, "latencyscope.ContextSwitch");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** Waits until a thread waits for the disk, and for nothing else. */
  private static void awaitStuck(Engine engine, String thread) throws Exception {
    int stuck = 0;
    for (long waited = 0; waited < LIMIT_MS && stuck < 10; waited += 20) {
      long id = ProcFile.thread(engine.pid(), thread);
      Path status = Path.of("/proc", engine.pid() + "", "task", id + "", "status");
      boolean waits = id > 0 && ProcFile.of(status).text("State").startsWith("D");
      stuck = waits ? stuck + 1 : 0;
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertEquals(10, stuck, thread + " does not wait for the disk");
  }

  @Test
  void aFolderThatIsNotThereIsToldAndTheEngineRunsOn() throws Exception {
    Path missing = folder.resolve("missing");
    try (Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent("threads=stalled,trigger=" + SWITCH + ",trigger.dir=" + missing)
            .start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.awaitCapturing();
      engine.nap("stalled", 1, 300);
      for (long waited = 0; waited < LIMIT_MS && said().isEmpty(); waited += 100) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      engine.nap("still-here", 1, 1);
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

  /** The event that the file was written for; it must be in there. */
  private static RecordedEvent fired(Path file, String condition, String type) throws IOException {
    OurAccount ours = OurAccount.read(file);
    RecordedEvent trigger = ours.events("Trigger").get(0);
    assertEquals(condition, trigger.getString("condition"));
    assertEquals(type, trigger.getString("type"));
    assertEquals(file.toString(), trigger.getString("file"));
    long ns = trigger.getDuration("value").toNanos();
    return ours.eventsOf(type).stream()
        // Converted from the recorder's ticks, whose rate is measured.
        .filter(event -> Math.abs(event.getDuration().toNanos() - ns) <= ns / 1_000)
        .findFirst()
        .orElseThrow(() -> new AssertionError("not in the file: " + trigger));
  }

  /** Waits until the agent sees what the JVM and the engine measure: a stream of its own. */
  private static void awaitStream(Engine engine) throws Exception {
    String recordings = "";
    for (long waited = 0; waited < LIMIT_MS; waited += 100) {
      recordings = new Jcmd(engine.pid()).check();
      if (recordings.lines().filter(line -> line.contains("(running)")).count() == 2) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(recordings);
  }

  private Path awaitFile() throws Exception {
    return awaitFile(folder);
  }

  private Path awaitFile(Path dir) throws Exception {
    for (long waited = 0; waited < LIMIT_MS; waited += 100) {
      if (!files(dir).isEmpty()) {
        return files(dir).get(0);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(
        "nothing was written; " + Files.readString(folder.resolve("stderr.txt")));
  }

  private List<Path> files() throws IOException {
    return files(folder);
  }

  private static List<Path> files(Path dir) throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(file -> file.toString().endsWith(".jfr")).toList();
    }
  }
}
