package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.KernelTest;
import latencyscope.truth.Launch.Outcome;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the host lacks, the engine runs as it would alone and is told of it in one line. */
@KernelTest
class GuestIT {
  private static final int EXIT_CODE = 7;
  private static final String[] INPUT = {
    "naps worker 20 1", "settle 5000", "naps trader 20 1", "leave " + EXIT_CODE
  };

  /** Where a capture comes up or fails in any case, however busy the machine is. */
  private static final String[] PATIENT = {
    "naps worker 20 1", "settle 60000", "naps trader 20 1", "leave " + EXIT_CODE
  };

  /** Until a thread is one of Java's: for its parent, and on the way for locks of the JVM's own. */
  private static final long BIRTH_SWITCHES = 10;

  @TempDir Path folder;
  private Path opened;

  /**
   * Something that a host or a user may do to the agent.
   *
   * @param complaints what the lines on standard error must name, in order; one for each line
   * @param reason what a probe's status in the recording must name; null if all is well there
   */
  private record Fault(String name, Launch launch, List<String> complaints, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  @TempDir static Path spoiled;

  static Stream<Fault> faults() throws Exception {
    Launch plain = Launch.of(NappingEngine.class);
    Launch agent = plain.withAgent();
    return Stream.of(
        new Fault("none", agent, List.of(), null),
        new Fault("no privilege", agent.under(powerless()), List.of("CAP_BPF"), "CAP_BPF"),
        new Fault(
            "no BTF",
            agent.under(inMountNamespace("mount -t tmpfs none /sys/kernel/btf")),
            List.of("CONFIG_DEBUG_INFO_BTF"),
            "/sys/kernel/btf/vmlinux"),
        new Fault(
            "no libbpf",
            agent.under(inMountNamespace("mount --bind /dev/null " + libbpf())),
            List.of("libbpf.so.1"),
            "libbpf.so.1"),
        new Fault(
            "old libbpf",
            agent.under(
                inMountNamespace(
                    "mount --bind " + SpoiledHost.oldLibbpf(spoiled) + " " + libbpf())),
            List.of("libbpf.so.1 is too old: it lacks"),
            "is too old"),
        new Fault(
            "a program that the verifier refuses",
            plain.with(
                "-javaagent:" + SpoiledHost.jarWithRefusedModule(spoiled, "isolation").toString()),
            List.of("module isolation is not active: the verifier refuses ls_"),
            "verifier"),
        new Fault(
            "unknown option",
            plain.withAgent("cups=1"),
            List.of("unknown option 'cups'; the options are modules, threads, cpus, interface"),
            "unknown option 'cups'"),
        new Fault("bad value", plain.withAgent("cpus=7-4"), List.of("7-4"), "7-4"),
        new Fault(
            "unknown module",
            plain.withAgent("modules=isolatoin"),
            List.of("unknown module 'isolatoin'"),
            "isolatoin"),
        new Fault(
            "native access denied",
            agent.with("--illegal-native-access=deny"),
            List.of("--enable-native-access=ALL-UNNAMED"),
            "--illegal-native-access=deny"),
        new Fault("two agents", agent.withAgent(), List.of(), null),
        new Fault("little heap", agent.with("-Xmx32m"), List.of(), null));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void engineIsUnharmedAndToldOnce(Fault fault) throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Outcome outcome = fault.launch.with(recordingTo(recording)).run(folder, PATIENT);
    assertUnharmed(outcome, fault.complaints);
    List<String> reasons = reasonsIn(recording);
    if (fault.reason == null) {
      assertEquals(List.of(), reasons);
    } else {
      assertTrue(
          reasons.stream().anyMatch(reason -> reason.contains(fault.reason)), reasons::toString);
    }
  }

  /** A wrong option is no reason not to capture. */
  @Test
  void captureGoesOnAfterAnUnknownOption() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Launch.of(NappingEngine.class)
        .withAgent("cups=1")
        .with(recordingTo(recording))
        .run(folder, PATIENT);
    assertTrue(
        OurAccount.read(recording).events("ContextSwitch").stream()
            .anyMatch(event -> event.getString("thread").equals("trader")));
  }

  @Test
  void javaSeventeenIsToldWhichJavaIsNeeded() throws Exception {
    Optional<Path> java = launcher("17");
    assumeTrue(java.isPresent(), "no Java 17 under /usr/lib/jvm");
    Path recording = folder.resolve("engine.jfr");
    Launch plain =
        Launch.of(NappingEngine.class)
            .on(java.get())
            .from(SpoiledHost.compiledFor("17", NappingEngine.class, folder))
            .with(recordingTo(recording));
    // Its recorder announces itself on standard output whatever it is told.
    String usual = plain.run(folder, INPUT).out();
    Outcome outcome = plain.withAgent().withAgent("threads=trader").run(folder, INPUT);
    assertUnharmed(usual, outcome, List.of("needs Java 25 or newer, this is Java 17"));
    assertTrue(reasonsIn(recording).toString().contains("Java 25"));
  }

  /** An ordinary user with what the README asks for, and with nothing else. */
  @Test
  void twoCapabilitiesAreEnough() throws Exception {
    Path open = readableByAll();
    Path recording = open.resolve("engine.jfr");
    Launch launch =
        Launch.of(NappingEngine.class)
            .from(open)
            .with("-javaagent:" + open.resolve("latencyscope.jar"))
            .with("-XX:FlightRecorderOptions:repository=" + open)
            .with(recordingTo(recording))
            .under(nobodyWith("+bpf,+perfmon"));
    // Spins: what interrupts a thread must find one that runs.
    Outcome outcome =
        launch.run(
            folder,
            "settle 60000",
            "naps trader 20 10",
            "spins busy 300",
            "naps after 1 500",
            "leave " + EXIT_CODE);
    List<String> said = outcome.out().lines().filter(line -> !line.startsWith("spun ")).toList();
    assertUnharmed(
        "ready\nsettled\nnapped trader\nspins busy\nnapped after\n",
        new Outcome(outcome.exitCode(), String.join("\n", said) + "\n", outcome.errors()),
        List.of());
    OurAccount ours = OurAccount.read(recording);
    assertEquals(List.of(), reasonsIn(recording));
    List<RecordedEvent> naps =
        ours.events("ContextSwitch").stream()
            .filter(event -> event.getString("thread").equals("trader"))
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .toList();
    // It is born while we watch: from when the directory has found it on.
    List<RecordedEvent> known =
        naps.stream().dropWhile(event -> event.getThread() == null).toList();
    assertTrue(known.size() > naps.size() / 2, known.size() + " of " + naps.size() + " on a lane");
    assertTrue(known.stream().allMatch(e -> e.getThread().getJavaName().equals("trader")));
    long waits =
        ours.events("Histogram").stream()
            .filter(event -> "trader".equals(event.getString("thread")))
            .filter(event -> event.getString("measure").equals("runqueue_wakeup"))
            .mapToLong(event -> event.getLong("count"))
            .sum();
    assertTrue(waits >= 20, waits + " wakeups of 20 naps");
    // Not even CAP_SYSLOG, without which /proc/kallsyms has no addresses.
    Set<String> functions =
        ours.events("LocalInterrupt").stream()
            .map(event -> event.getString("function"))
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    assertFalse(functions.isEmpty());
    assertTrue(functions.stream().noneMatch(name -> name.startsWith("0x")), functions::toString);
  }

  /** A folder that any user may use, with the engine's class and the jar. */
  private Path readableByAll() throws IOException {
    Path open = Files.createTempDirectory("latencyscope-guest");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(Engine.JAR, open.resolve("latencyscope.jar"));
    String name = NappingEngine.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(open.resolve(name).getParent());
    Files.copy(Path.of("target", "test-classes", name), open.resolve(name));
    opened = open;
    return open;
  }

  @AfterEach
  void deleteOpened() throws IOException {
    if (opened != null) {
      try (Stream<Path> all = Files.walk(opened)) {
        all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static String[] nobodyWith(String capabilities) {
    return new String[] {
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "--inh-caps=-all," + capabilities,
      "--ambient-caps=-all," + capabilities,
      "--bounding-set=-all," + capabilities
    };
  }

  @Test
  void jvmWithoutFlightRecorderIsToldSo() throws Exception {
    Outcome outcome =
        Launch.of(NappingEngine.class)
            .with("--limit-modules", "java.base,java.instrument")
            .withAgent()
            .run(folder, INPUT);
    assertUnharmed(outcome, List.of("jdk.jfr"));
  }

  @Test
  void jvmWhoseFlightRecorderIsOffIsToldSo() throws Exception {
    Outcome outcome =
        Launch.of(NappingEngine.class)
            // The JVM's own warning of an old option is not ours to test.
            .with("-XX:-PrintWarnings", "-XX:-FlightRecorder")
            .withAgent("start=latencyscope,trigger=gc>1s")
            .run(folder, INPUT);
    assertUnharmed(outcome, List.of("start this JVM without -XX:-FlightRecorder"));
  }

  /** Nothing listens: what an engine has open to others is what it had before. */
  @Test
  void captureOpensNoSocket() throws Exception {
    Path errors = folder.resolve("stderr.txt");
    try (Engine engine = Launch.of(NappingEngine.class).withAgent().start(errors)) {
      engine.await("ready");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.collect(); // the JVM's own door for jcmd is open from now on
      Set<String> before = sockets(engine.pid());
      assertFalse(before.isEmpty(), "not even the JVM's own is seen");
      jcmd.start("capture");
      KernelObjects.awaitHeldBy(engine.pid());
      engine.say("await capturing");
      assertEquals("capturing", engine.await("state"));
      engine.say("naps worker 100 1");
      engine.await("napped worker");
      assertNoneBut(before, engine.pid());
      jcmd.dump("capture", folder.resolve("capture.jfr"));
      assertNoneBut(before, engine.pid());
    }
    assertEquals("", Files.readString(errors));
  }

  private static void assertNoneBut(Set<String> before, long pid) throws Exception {
    Set<String> more = Set.of();
    for (int look = 0; look < 100; look++) {
      more = sockets(pid);
      more.removeAll(before);
      if (more.isEmpty()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50); // that to a jcmd that has just ended
    }
    assertEquals(Set.of(), more);
  }

  private static Set<String> sockets(long pid) throws IOException {
    Set<String> names = OpenFiles.of(pid);
    names.removeIf(name -> !name.startsWith("socket:"));
    return names;
  }

  @Test
  void recordingThatCannotBeWrittenIsNamed() throws Exception {
    Outcome outcome =
        runUntilTold(
            Launch.of(NappingEngine.class).withAgent("start=latencyscope,file=/sys/engine.jfr"),
            "naps worker 20 1");
    assertUnharmed("ready\nnapped worker\nnapped last\n", outcome, List.of("/sys/engine.jfr"));
    // The path alone would not say what is wrong with it.
    assertTrue(outcome.errors().contains("denied"), outcome.errors());
  }

  /** The flight recorder takes its time to come up, and what it says comes when it does. */
  private Outcome runUntilTold(Launch launch, String... input) throws Exception {
    Path errors = folder.resolve("stderr.txt");
    try (Engine engine = launch.start(errors)) {
      for (String line : input) {
        engine.say(line);
      }
      for (int look = 0; look < 600 && Files.size(errors) == 0; look++) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      TimeUnit.MILLISECONDS.sleep(500); // in which it might say more
      engine.say("naps last 20 1");
      engine.say("leave " + EXIT_CODE);
      String out = engine.remaining() + "\n";
      return new Outcome(engine.finish(), out, Files.readString(errors));
    }
  }

  private static void assertUnharmed(Outcome outcome, List<String> complaints) {
    assertUnharmed("ready\nnapped worker\nsettled\nnapped trader\n", outcome, complaints);
  }

  private static void assertUnharmed(String out, Outcome outcome, List<String> complaints) {
    assertEquals(EXIT_CODE, outcome.exitCode(), outcome.errors());
    assertEquals(out, outcome.out());
    List<String> lines = outcome.errors().lines().toList();
    assertEquals(complaints.size(), lines.size(), outcome.errors());
    for (int i = 0; i < lines.size(); i++) {
      assertTrue(lines.get(i).startsWith("LatencyScope: "), lines.get(i));
      assertTrue(lines.get(i).contains(complaints.get(i)), lines.get(i));
    }
  }

  private static List<String> reasonsIn(Path recording) throws IOException {
    return OurAccount.read(recording).events("ProbeStatus").stream()
        .map(event -> event.getString("reason"))
        .filter(reason -> reason != null)
        .distinct()
        .toList();
  }

  // Where the recorder announces itself on standard output, what the engine prints is not alone.
  private static String[] recordingTo(Path file) {
    return new String[] {"-Xlog:disable", "-XX:StartFlightRecording:filename=" + file};
  }

  /** Still root by name, so that it can read the jar, but with no capability. */
  private static String[] powerless() {
    return new String[] {"setpriv", "--inh-caps=-all", "--bounding-set=-all"};
  }

  private static String[] inMountNamespace(String mount) {
    return new String[] {"unshare", "--mount", "sh", "-c", mount + " && exec \"$@\"", "sh"};
  }

  private static Path libbpf() throws Exception {
    return Commands.output("ldconfig", "-p")
        .lines()
        .filter(line -> line.strip().startsWith("libbpf.so.1 "))
        .map(line -> Path.of(line.substring(line.indexOf("=> ") + 3)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("libbpf.so.1 is not installed"))
        .toRealPath();
  }

  private static Optional<Path> launcher(String feature) throws IOException {
    try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
      return homes
          .filter(home -> isOfFeature(home.resolve("release"), feature))
          .map(home -> home.resolve("bin").resolve("java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private static boolean isOfFeature(Path release, String feature) {
    try {
      return Files.readString(release).contains("JAVA_VERSION=\"" + feature);
    } catch (IOException e) {
      return false; // not a JDK
    }
  }

  /** The recorder itself cannot start then; the engine must. */
  @Test
  void readOnlyDiskIsNamed() throws Exception {
    Outcome outcome =
        runUntilTold(
            Launch.of(NappingEngine.class)
                .with("-Xlog:disable", "-Djava.io.tmpdir=/mnt")
                .withAgent("start=latencyscope")
                .under(inMountNamespace("mount -t tmpfs -o ro none /mnt")),
            "naps worker 20 1");
    assertUnharmed("ready\nnapped worker\nnapped last\n", outcome, List.of("start=latencyscope"));
  }

  /** What a trigger wants to write does not fit. */
  @Test
  void fullDiskIsNamedAndLeavesNoPieces() throws Exception {
    Launch launch =
        Launch.of(NappingEngine.class)
            .withAgent(
                "modules=isolation,trigger=latencyscope.ContextSwitch>200ms,trigger.dir=/mnt")
            .under(
                "unshare",
                "--mount",
                "sh",
                "-c",
                // What is left there afterwards would be a complaint too many.
                "mount -t tmpfs -o size=64k none /mnt && \"$@\";"
                    + " status=$?; ls -A /mnt >&2; exit $status",
                "sh");
    Outcome outcome =
        runUntilTold(launch, "await capturing", "naps worker 2000 1", "naps trader 1 300");
    String out = "ready\nstate capturing\nnapped worker\nnapped trader\nnapped last\n";
    assertUnharmed(out, outcome, List.of("No space left on device"));
  }

  /** Threads that end while what they did is still on its way. */
  @Test
  void threadsThatComeAndGoAreAllCounted() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Outcome outcome =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation+syscall,start=latencyscope-full,file=" + recording)
            .run(folder, "await capturing", "churn brief 2000", "leave " + EXIT_CODE);
    assertUnharmed("ready\nstate capturing\nchurned brief\n", outcome, List.of());
    OurAccount ours = OurAccount.read(recording);
    assertEquals(List.of(), reasonsIn(recording));
    long named =
        ours.events("Counter").stream()
            .filter(event -> "voluntary_switches".equals(event.getString("measure")))
            .map(event -> event.getString("thread"))
            .filter(name -> name != null && name.startsWith("brief-"))
            .distinct()
            .count();
    // Where the drain thread is late, there may be more at once than there is room for.
    long lost = ours.events("RecordsLost").stream().mapToLong(e -> e.getLong("count")).sum();
    assertTrue(
        named + lost >= 1_900,
        named + " of 2,000 short threads have counts under their names, " + lost + " lost");
  }

  /** What kept the drain thread from its work is in the recording, and what was lost for it. */
  @Test
  void starvedDrainThreadIsToldInTheRecording() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Launch launch =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation,drain.cpus=1,start=latencyscope-full,file=" + recording);
    long switches;
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.say("await capturing");
      engine.await("state");
      Process competitor = Commands.competitor(1, "chrt", "-f", "50");
      try {
        engine.say("naps starved 2000 2");
        engine.await("napped starved");
      } finally {
        Commands.end(competitor);
      }
      switches = parkedSwitches(engine.pid(), "starved");
      engine.say("leave " + EXIT_CODE);
      assertEquals(EXIT_CODE, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    OurAccount ours = OurAccount.read(recording);
    assertTrue(
        ours.events("DrainStall").stream().anyMatch(event -> event.getDuration().toMillis() >= 100),
        "no stall is told");
    long events =
        ours.events("ContextSwitch").stream()
            .filter(event -> "starved".equals(event.getString("thread")))
            .count();
    long lost = ours.events("RecordsLost").stream().mapToLong(e -> e.getLong("count")).sum();
    // Some kernels now and then do not trace a switch; that is counted, too.
    long missed =
        ours.events("Counter").stream()
            .filter(event -> "starved".equals(event.getString("thread")))
            .filter(event -> "switches_missed".equals(event.getString("measure")))
            .mapToLong(event -> event.getLong("value"))
            .sum();
    // From the last one it has not come back; the first ones it made before it had its name.
    assertTrue(switches > 1_900, "it did not nap: " + switches);
    assertTrue(
        events + lost + missed >= switches - 1 - BIRTH_SWITCHES,
        switches
            + " switches, "
            + events
            + " events, "
            + lost
            + " records lost, "
            + missed
            + " switches not traced");
  }

  /** Of a thread that has done what it was told, by the kernel's own count. */
  private static long parkedSwitches(long pid, String name) throws Exception {
    long before = -1;
    for (int look = 0; look < 300; look++) {
      for (ProcFile thread : ProcFile.threads(pid)) {
        if (thread.text("Name").equals(name)) {
          long now =
              thread.number("voluntary_ctxt_switches")
                  + thread.number("nonvoluntary_ctxt_switches");
          if (now == before && thread.text("State").startsWith("S")) {
            return now;
          }
          before = now;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(name + " does not come to rest");
  }
}
