package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Jdk;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.Launch.Outcome;
import latencyscope.truth.engine.SpoiledHost;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the host lacks, the engine runs as it would alone and is told of it in one line. */
@KernelTest
@Tag("packed-jar")
class GuestIT {
  private static final String[] INPUT = {
    "naps worker 20 1", "settle 5000", "naps trader 20 1", Launch.LEAVE
  };

  /** Where a capture comes up or fails in any case, however busy the machine is. */
  private static final String[] PATIENT = {
    "naps worker 20 1", "settle 60000", "naps trader 20 1", Launch.LEAVE
  };

  @TempDir Path folder;

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
        new Fault("an image of its own", agent.on(smallestImage()), List.of(), null),
        new Fault("two agents", agent.withAgent(), List.of(), null),
        new Fault("little heap", agent.with("-Xmx32m"), List.of(), null));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void engineIsUnharmedAndToldOnce(Fault fault) throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Outcome outcome = fault.launch.with(recordingTo(recording)).run(folder, PATIENT);
    assertUnharmed(outcome, fault.complaints);
    List<String> reasons = OurAccount.read(recording).reasons();
    if (fault.reason == null) {
      assertEquals(List.of(), reasons);
      assertFalse(OurAccount.read(recording).events("Capture").isEmpty());
    } else {
      assertTrue(
          reasons.stream().anyMatch(reason -> reason.contains(fault.reason)), reasons::toString);
    }
  }

  /** Also where the work is done that comes up once a second. */
  @Test
  void deniedNativeAccessIsSaidInALongRecordingToo() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Launch.of(NappingEngine.class)
        .withAgent()
        .with("--illegal-native-access=deny")
        .with(recordingTo(recording))
        .run(folder, "naps worker 20 1", "settle 60000", "naps trader 1 2500", Launch.LEAVE)
        .assertUnharmed(
            "ready\nnapped worker\nsettled\nnapped trader\n",
            List.of("--enable-native-access=ALL-UNNAMED"));
    List<String> reasons = OurAccount.read(recording).reasons();
    assertTrue(
        reasons.stream().anyMatch(reason -> reason.contains("--illegal-native-access=deny")),
        reasons::toString);
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
  void javaSeventeenCountsAndIsToldWhichJavaThereIsMoreWith() throws Exception {
    Optional<Path> java = Jdk.launcher("17");
    assumeTrue(java.isPresent(), "no Java 17 under /usr/lib/jvm");
    Path recording = folder.resolve("engine.jfr");
    Launch plain =
        Launch.of(NappingEngine.class)
            .on(java.get())
            .from(SpoiledHost.compiledFor("17", NappingEngine.class, folder))
            .with(recordingTo(recording));
    // Its recorder announces itself on standard output whatever it is told.
    String usual = plain.run(folder, INPUT).out();
    Outcome outcome = plain.withAgent().withAgent("threads=trader").run(folder, PATIENT);
    outcome.assertUnharmed(
        usual, List.of("BPF programs require Java 25 or newer, and this is Java 17"));
    assertTrue(OurAccount.read(recording).reasons().toString().contains("Java 25"));
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

  private static void assertUnharmed(Outcome outcome, List<String> complaints) {
    outcome.assertUnharmed("ready\nnapped worker\nsettled\nnapped trader\n", complaints);
  }

  // Where the recorder announces itself on standard output, what the engine prints is not alone.
  private static String[] recordingTo(Path file) {
    return new String[] {"-Xlog:disable", "-XX:StartFlightRecording:filename=" + file};
  }

  /** A run-time image with no module that the flight recorder and agents do not need. */
  private static Path smallestImage() throws Exception {
    Path image = spoiled.resolve("image");
    Commands.output(
        Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
        "--add-modules",
        "jdk.jfr,java.instrument",
        "--output",
        image.toString());
    return image.resolve("bin").resolve("java");
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
}
