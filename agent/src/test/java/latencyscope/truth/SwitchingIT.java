package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.KernelTest;
import latencyscope.bpf.ObjectFile;
import latencyscope.jfr.Profile;
import latencyscope.jfr.Schema;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings are the switch: they turn the capture on, shape it, and turn it off. */
@KernelTest
class SwitchingIT {
  /** What is switched: one module, whose thresholds are looked at in the kernel. */
  private static final List<String> MODULES = List.of("isolation");

  /** Place of the type in the kernel side's list of records. */
  private static final int CONTEXT_SWITCH = 1;

  private static final long MS = 1_000_000;

  @TempDir Path folder;

  private Engine engine(Launch launch) throws IOException {
    Engine engine = launch.start(folder.resolve("stderr.txt"));
    engine.await("ready");
    return engine;
  }

  private Engine engine() throws IOException {
    return engine(Launch.of(NappingEngine.class).withAgent("modules=isolation"));
  }

  @Test
  void nothingIsLoadedUntilARecordingAsksAndAfterItStops() throws Exception {
    try (Engine engine = engine()) {
      nap(engine, "before", 1, 500);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "loaded without a recording");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("without-us", enabled(false));
      nap(engine, "unobserved", 1, 500);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "loaded for another's recording");
      jcmd.start("capture", enabled(true));
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      jcmd.stop("capture");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "still loaded");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void thresholdReachesTheKernelAndHistogramsCountAll() throws Exception {
    Path recording = folder.resolve("capture.jfr");
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", threshold("20ms"));
      awaitThreshold(engine, 20 * MS);
      nap(engine, "short", 100, 1);
      nap(engine, "long", 3, 30);
      jcmd.stop("capture", recording);
    }
    OurAccount ours = OurAccount.read(recording);
    List<RecordedEvent> switches = ours.events("ContextSwitch");
    for (RecordedEvent event : switches) {
      assertTrue(event.getDuration().toNanos() >= 20 * MS, event::toString);
    }
    List<RecordedEvent> naps = ofThread(switches, "long");
    assertEquals(3, naps.size());
    long waits =
        ofThread(ours.events("Histogram"), "short").stream()
            .mapToLong(event -> event.getLong("count"))
            .sum();
    assertTrue(waits >= 100, "of 100 wakeups only " + waits + " are in the histogram");
  }

  @Test
  void twoRecordingsMergeToTheFiner() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("coarse", threshold("20ms"));
      awaitThreshold(engine, 20 * MS);
      KernelObjects loaded = KernelObjects.heldBy(engine.pid());
      jcmd.start("fine", threshold("3ms"));
      awaitThreshold(engine, 3 * MS);
      assertEquals(loaded.programs(), KernelObjects.heldBy(engine.pid()).programs(), "loaded anew");
      jcmd.stop("fine");
      awaitThreshold(engine, 20 * MS);
      jcmd.stop("coarse");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
    }
  }

  /** As a user writes it: the file's own control, then a setting of one event. */
  @Test
  void controlsOfTheProfileAndSettingsOfJcmdReachTheKernel() throws Exception {
    Path profile = folder.resolve(Profile.PRODUCTION.file());
    Files.writeString(profile, Profile.PRODUCTION.toXml());
    try (Engine engine = engine(Launch.of(NappingEngine.class).withAgent())) {
      Jcmd jcmd = new Jcmd(engine.pid());
      String[] noOthers = {
        "module-irq=false", "module-memory=false", "module-network=false", "module-syscall=false"
      };
      jcmd.start(
          "controlled",
          "settings=" + profile,
          "kernel-threshold=7ms",
          noOthers[0],
          noOthers[1],
          noOthers[2],
          noOthers[3]);
      awaitThreshold(engine, 7 * MS);
      assertEquals(
          ObjectFile.named("isolation").programs().size(),
          KernelObjects.heldBy(engine.pid()).programs().size(),
          "modules that are switched off are not loaded");
      jcmd.stop("controlled");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
      jcmd.start(
          "one",
          "settings=" + profile,
          "latencyscope.ContextSwitch#threshold=3ms",
          noOthers[0],
          noOthers[1],
          noOthers[2],
          noOthers[3]);
      awaitThreshold(engine, 3 * MS);
      jcmd.stop("one");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** Nobody tells of a recording that changes its mind. */
  @Test
  void eventsThatARunningRecordingEnablesAndDisablesAreFollowed() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("without-us", enabled(false));
      engine.say("enable latencyscope.ContextSwitch");
      engine.await("enabled");
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      engine.say("disable latencyscope.ContextSwitch");
      engine.await("disabled");
      loaded.awaitGone();
      jcmd.stop("without-us");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void dumpHasEverythingUpToIt() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture");
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      for (int i = 0; i < 5; i++) {
        String name = "stall-" + i;
        Path dump = folder.resolve(name + ".jfr");
        nap(engine, name, 1, 50);
        jcmd.dump("capture", dump);
        OurAccount ours = OurAccount.read(dump);
        List<RecordedEvent> stalls =
            ofThread(ours.events("ContextSwitch"), name).stream()
                .filter(event -> event.getDuration().toMillis() >= 50)
                .toList();
        assertEquals(1, stalls.size(), name);
        assertEquals(name, stalls.get(0).getThread().getJavaName());
      }
    }
  }

  @Test
  void agentThatIsLoadedLateCapturesAsWell() throws Exception {
    Path recording = folder.resolve("capture.jfr");
    // The JVM's own warning about a late agent is not ours to test.
    Launch plain = Launch.of(NappingEngine.class).with("-XX:+EnableDynamicAgentLoading");
    try (Engine engine = engine(plain)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      // The recording is there first: it must not have to be started again.
      jcmd.start("capture");
      jcmd.load("threads:late-*,modules:isolation");
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      nap(engine, "late-one", 1, 50);
      nap(engine, "other", 1, 50);
      jcmd.load("threads:late-*,modules:isolation");
      jcmd.load("threads:late-*,modules:isolation");
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      nap(engine, "late-two", 1, 50);
      jcmd.stop("capture", recording);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    List<RecordedEvent> switches = OurAccount.read(recording).events("ContextSwitch");
    assertEquals(1, naps(switches, "late-one"));
    assertEquals(1, naps(switches, "late-two"));
    assertEquals(0, naps(switches, "other"));
  }

  @Test
  void aLoadedAgentStopsAndResumesWhenToldAndSaysWhatItDoes() throws Exception {
    Launch quiet =
        Launch.of(NappingEngine.class).with("-XX:+EnableDynamicAgentLoading").withAgent();
    try (Engine engine = engine(quiet)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.load("status");
      jcmd.start("capture");
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      jcmd.load("status");
      jcmd.load("stop");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
      jcmd.load("status");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "to be asked is not to be started");
      jcmd.load();
      KernelObjects.awaitHeldBy(engine.pid(), MODULES);
      jcmd.stop("capture");
    }
    List<String> said = Files.readAllLines(folder.resolve("stderr.txt"));
    assertEquals(3, said.size(), said::toString);
    assertTrue(said.get(0).contains("not capturing: no recording"), said::toString);
    assertTrue(said.get(1).matches(".* capturing \\S*isolation.*"), said::toString);
    assertTrue(said.get(2).contains("stopped"), said::toString);
  }

  private static long naps(List<RecordedEvent> switches, String thread) {
    return ofThread(switches, thread).stream()
        .filter(event -> event.getDuration().toMillis() >= 50)
        .count();
  }

  private static List<RecordedEvent> ofThread(List<RecordedEvent> events, String thread) {
    return events.stream().filter(event -> thread.equals(event.getString("thread"))).toList();
  }

  private static void nap(Engine engine, String name, int count, int millis) throws IOException {
    engine.say("naps " + name + " " + count + " " + millis);
    engine.await("napped " + name);
  }

  // The plus is jcmd's sign for a setting that the .jfc file does not have. Enabled is said as
  // well,
  // because of two recordings that only set a threshold the recorder makes a type that is off.
  private static String[] threshold(String time) {
    return new String[] {
      "+latencyscope.ContextSwitch#enabled=true", "+latencyscope.ContextSwitch#threshold=" + time
    };
  }

  private static String[] enabled(boolean on) {
    return Schema.types().stream()
        .filter(type -> !type.module().equals(Schema.CAPTURE))
        .map(type -> "+" + type.name() + "#enabled=" + on)
        .toArray(String[]::new);
  }

  /** Waits until the programs in the kernel compare with this. */
  private static void awaitThreshold(Engine engine, long wantedNs) throws Exception {
    KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid(), MODULES);
    long ns = -1;
    for (int look = 0; look < 100; look++) {
      JsonNode thresholds = loaded.variable("threshold_ns");
      ns = thresholds.get(CONTEXT_SWITCH).asLong();
      // Converted from the recorder's ticks, whose rate is measured.
      if (Math.abs(ns - wantedNs) <= wantedNs / 1_000) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("the kernel compares with " + ns + " ns, not with " + wantedNs);
  }
}
