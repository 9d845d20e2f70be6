package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.jfr.Profile;
import latencyscope.jfr.Schema;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings are the switch: they turn the capture on, shape it, and turn it off. */
@KernelTest
class SwitchingIT {
  /** What is switched: one module, whose thresholds are looked at in the kernel. */
  private static final List<String> MODULES = List.of("isolation");

  /** Places of the types in the kernel side's list of records. */
  private static final int RUN_QUEUE_WAIT = 0;

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
      engine.nap("before", 1, 500);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "loaded without a recording");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("without-us", enabled(false));
      engine.nap("unobserved", 1, 500);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "loaded for another's recording");
      jcmd.start("capture", enabled(true));
      awaitCapture(engine);
      jcmd.stop("capture");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "still loaded");
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void thresholdReachesTheKernelAndHistogramsCountAll() throws Exception {
    Path recording = folder.resolve("capture.jfr");
    // The last seconds have everything, whatever the thresholds.
    String noHistory = "modules=isolation,history.last=0s";
    try (Engine engine = engine(Launch.of(NappingEngine.class).withAgent(noHistory))) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", threshold("20ms"));
      awaitThreshold(engine, 20 * MS);
      engine.nap("short", 100, 1);
      engine.nap("long", 3, 30);
      jcmd.stop("capture", recording);
    }
    OurAccount ours = OurAccount.read(recording);
    List<RecordedEvent> switches = ours.events("ContextSwitch");
    for (RecordedEvent event : switches) {
      assertTrue(event.getDuration().toNanos() >= 20 * MS, event::toString);
    }
    // On a busy machine it may have waited for so long, too, without having slept.
    List<RecordedEvent> naps =
        ofThread(switches, "long").stream().filter(event -> event.getBoolean("voluntary")).toList();
    assertEquals(
        3, naps.stream().filter(event -> event.getDuration().toNanos() >= 30 * MS).count());
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
    Path profile = productionProfile();
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

  private Path productionProfile() throws IOException {
    Path profile = folder.resolve(Profile.PRODUCTION.file());
    return Files.writeString(profile, Profile.PRODUCTION.toXml());
  }

  /** As the file itself advises. */
  @Test
  void twoSettingsFilesAreOneRecording() throws Exception {
    Path recording = folder.resolve("capture.jfr");
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("both", "settings=profile", "settings=" + productionProfile());
      awaitThreshold(engine, RUN_QUEUE_WAIT, 10_000);
      awaitThreshold(engine, CONTEXT_SWITCH, 10_000);
      String settings = jcmd.check("both");
      assertTrue(settingsOf("jdk.ExecutionSample", settings).contains("enabled=true"), settings);
      assertTrue(settingsOf("jdk.ThreadPark", settings).contains("threshold=10 us"), settings);
      engine.nap("both", 1, 50);
      jcmd.stop("both", recording);
    }
    OurAccount ours = OurAccount.read(recording);
    assertTrue(naps(ours.events("ContextSwitch"), "both") > 0);
    assertTrue(!ours.eventsOf("jdk.OSInformation").isEmpty(), "nothing of the JDK's profile");
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  private static String settingsOf(String type, String check) {
    List<String> lines = check.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("(" + type + ")")) {
        return lines.get(i + 1);
      }
    }
    throw new AssertionError("no " + type + " in " + check);
  }

  /** What a template manager's fields, or jcmd, say of what is watched. */
  @Test
  void controlsOfTheProfileSayWhatIsWatched() throws Exception {
    Path threads = folder.resolve("threads.jfr");
    Path cpus = folder.resolve("cpus.jfr");
    String profile = "settings=" + productionProfile();
    Launch launch =
        Launch.of(NappingEngine.class).withAgent("modules=isolation,trigger.dir=" + folder);
    try (Engine engine = engine(launch)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      String trigger = "latencyscope.ContextSwitch>200ms";
      jcmd.start("threads", profile, "watch-threads=one-*+two", "watch-trigger=" + trigger);
      awaitCapture(engine);
      for (String name : List.of("one-more", "two", "three")) {
        engine.nap(name, 1, 50);
      }
      engine.nap("one-long", 1, 300);
      OurAccount written = OurAccount.read(awaitTriggered());
      assertEquals(trigger, written.events("Trigger").get(0).getString("condition"));
      // On a machine that is busy a nap of one of the others may be as long.
      String thread = written.events("Trigger").get(0).getString("thread");
      assertTrue(thread.startsWith("one-") || thread.equals("two"), thread);
      jcmd.stop("threads", threads);
      jcmd.start("cpus", profile, "watch-cpus=0");
      awaitCapture(engine);
      for (int cpu : List.of(1, 0)) {
        Commands.pinAll(engine.pid(), cpu);
        engine.nap("on-" + cpu, 1, 50);
      }
      jcmd.stop("cpus", cpus);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    OurAccount ours = OurAccount.read(threads);
    assertEquals("one-*+two", ours.events("Capture").get(0).getString("threads"));
    List<RecordedEvent> switches = ours.events("ContextSwitch");
    assertTrue(naps(switches, "one-more") > 0 && naps(switches, "two") > 0, "not all are there");
    assertEquals(0, naps(switches, "three"));
    ours = OurAccount.read(cpus);
    assertEquals("0", ours.events("Capture").get(0).getString("cpus"));
    // Threads are followed on every CPU; what they did elsewhere says so.
    Map<Boolean, List<RecordedEvent>> byOutside =
        ours.events("ContextSwitch").stream()
            .collect(Collectors.partitioningBy(event -> event.getBoolean("outside")));
    assertTrue(naps(byOutside.get(false), "on-0") > 0, "nothing is there");
    assertEquals(0, naps(byOutside.get(false), "on-1"));
    assertTrue(naps(byOutside.get(true), "on-1") > 0, "not followed to the other CPU");
  }

  private Path awaitTriggered() throws Exception {
    for (int look = 0; look < 600; look++) {
      try (Stream<Path> all = Files.list(folder)) {
        Optional<Path> written =
            all.filter(file -> file.getFileName().toString().matches("latencyscope-.*\\.jfr"))
                .findFirst();
        if (written.isPresent()) {
          return written.get();
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("no trigger was met");
  }

  /** As README.md has it. */
  @Test
  void aSettingBesideTheJdksOwnProfileReachesTheKernel() throws Exception {
    try (Engine engine = engine()) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("why", "settings=default", "+latencyscope.RunQueueWait#threshold=10us");
      awaitThreshold(engine, RUN_QUEUE_WAIT, 10_000);
      jcmd.stop("why");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
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
      KernelObjects loaded = awaitCapture(engine);
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
      awaitCapture(engine);
      for (int i = 0; i < 5; i++) {
        String name = "stall-" + i;
        Path dump = folder.resolve(name + ".jfr");
        engine.nap(name, 1, 50);
        jcmd.dump("capture", dump);
        OurAccount ours = OurAccount.read(dump);
        List<RecordedEvent> stalls =
            ofThread(ours.events("ContextSwitch"), name).stream()
                .filter(event -> event.getBoolean("voluntary"))
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
      awaitCapture(engine);
      engine.nap("late-one", 1, 50);
      engine.nap("other", 1, 50);
      jcmd.load("threads:late-*,modules:isolation");
      jcmd.load("threads:late-*,modules:isolation");
      awaitCapture(engine);
      engine.nap("late-two", 1, 50);
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
  void aLaterLoadWithOtherOptionsTakesTheirPlace() throws Exception {
    Path recording = folder.resolve("capture.jfr");
    Launch plain = Launch.of(NappingEngine.class).with("-XX:+EnableDynamicAgentLoading");
    try (Engine engine = engine(plain)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture");
      jcmd.load("threads:early-*,modules:isolation");
      KernelObjects first = awaitCapture(engine);
      engine.nap("early-one", 1, 50);
      engine.nap("other-one", 1, 50);
      jcmd.load("threads:early-*,modules:isolation");
      assertEquals(first, KernelObjects.heldBy(engine.pid()), "loaded anew for nothing");
      engine.nap("early-last", 1, 50);
      jcmd.load("threads:other-*,modules:isolation+syscall");
      first.awaitGone();
      awaitCapture(engine, List.of("isolation", "syscall"));
      engine.nap("early-two", 1, 50);
      engine.nap("other-two", 1, 50);
      jcmd.stop("capture", recording);
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    OurAccount ours = OurAccount.read(recording);
    List<RecordedEvent> switches = ours.events("ContextSwitch");
    assertTrue(naps(switches, "early-one") > 0);
    assertEquals(0, naps(switches, "other-one"));
    assertTrue(naps(switches, "early-last") > 0, "what was on its way is lost");
    assertEquals(0, naps(switches, "early-two"));
    assertTrue(naps(switches, "other-two") > 0);
    // Each of the two captures gives an account of itself.
    assertEquals(
        List.of("early-* isolation", "other-* isolation+syscall"),
        ours.events("Capture").stream()
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .map(event -> event.getString("threads") + " " + event.getString("modules"))
            .toList());
    for (String thread : List.of("early-one", "other-two")) {
      assertTrue(!ofThread(ours.events("Histogram"), thread).isEmpty(), thread + " is not counted");
    }
  }

  @Test
  void aLaterLoadMayAskForATrigger() throws Exception {
    String options = "threads:late-*,modules:isolation";
    String trigger = options + ",trigger:latencyscope.ContextSwitch>200ms,trigger.dir:" + folder;
    Launch plain = Launch.of(NappingEngine.class).with("-XX:+EnableDynamicAgentLoading");
    try (Engine engine = engine(plain)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture");
      jcmd.load(options);
      awaitCapture(engine);
      jcmd.load(trigger);
      jcmd.load(trigger);
      awaitCapture(engine);
      awaitRecordings(jcmd, 2);
      engine.nap("late-one", 1, 300);
      RecordedEvent event = OurAccount.read(awaitTriggered()).events("Trigger").get(0);
      assertEquals("late-one", event.getString("thread"));
      awaitRecordings(jcmd, 2);
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  /** The one that was started, and the one that a trigger needs. */
  private static void awaitRecordings(Jcmd jcmd, int wanted) throws Exception {
    String recordings = "";
    for (int look = 0; look < 600; look++) {
      recordings = jcmd.check();
      if (recordings.lines().filter(line -> line.contains("(running)")).count() == wanted) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("not " + wanted + " recordings: " + recordings);
  }

  @Test
  void aLoadedAgentStopsAndResumesWhenToldAndSaysWhatItDoes() throws Exception {
    Launch quiet =
        Launch.of(NappingEngine.class).with("-XX:+EnableDynamicAgentLoading").withAgent();
    try (Engine engine = engine(quiet)) {
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.load("status");
      jcmd.start("capture");
      // Not only as many programs as one module has: it is to say that it captures.
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      engine.awaitCapturing();
      jcmd.load("status");
      jcmd.load("stop");
      loaded.awaitGone(); // the command waits for two seconds only
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty());
      jcmd.load("status");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "to be asked is not to be started");
      jcmd.load();
      awaitCapture(engine);
      jcmd.stop("capture");
    }
    List<String> said = Files.readAllLines(folder.resolve("stderr.txt"));
    assertEquals(3, said.size(), said::toString);
    assertTrue(said.get(0).contains("not capturing: no recording"), said::toString);
    assertTrue(said.get(1).matches(".* capturing \\S*isolation.*"), said::toString);
    assertTrue(said.get(2).contains("stopped"), said::toString);
  }

  /** Its programs are in the kernel some time before a capture takes their records. */
  private static KernelObjects awaitCapture(Engine engine, List<String> modules) throws Exception {
    KernelObjects held = KernelObjects.awaitHeldBy(engine.pid(), modules);
    engine.awaitCapturing();
    return held;
  }

  private static KernelObjects awaitCapture(Engine engine) throws Exception {
    return awaitCapture(engine, MODULES);
  }

  /** Sleeps, and not what it had to wait for a CPU on a busy machine. */
  private static long naps(List<RecordedEvent> switches, String thread) {
    return ofThread(switches, thread).stream()
        .filter(event -> event.getBoolean("voluntary"))
        .filter(event -> event.getDuration().toMillis() >= 50)
        .count();
  }

  private static List<RecordedEvent> ofThread(List<RecordedEvent> events, String thread) {
    return events.stream().filter(event -> thread.equals(event.getString("thread"))).toList();
  }

  // The plus is jcmd's sign for a setting that the .jfc file does not have. Enabled is said as
  // well, because of two recordings that only set a threshold the recorder makes a type that is
  // off.
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
    awaitThreshold(engine, CONTEXT_SWITCH, wantedNs);
  }

  private static void awaitThreshold(Engine engine, int record, long wantedNs) throws Exception {
    KernelObjects loaded = awaitCapture(engine);
    long ns = -1;
    for (int look = 0; look < 1_200; look++) {
      JsonNode thresholds = loaded.variable("threshold_ns");
      ns = thresholds.get(record).asLong();
      // Converted from the recorder's ticks, whose rate is measured.
      if (Math.abs(ns - wantedNs) <= wantedNs / 1_000) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("the kernel compares with " + ns + " ns, not with " + wantedNs);
  }
}
