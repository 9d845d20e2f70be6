package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.Jdk;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.engine.SpoiledHost;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine of an ordinary user without a capability, on an old JVM or a new one, counts what the
 * kernel has counted, thread by thread, and says that there is no more.
 */
@Tag("packed-jar")
class AccountsIT {
  private static final int NAPS = 200;

  @TempDir Path folder;

  private Path jar;

  /** The engine's user may use the folder. */
  @BeforeEach
  void open() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    jar = Files.copy(Engine.JAR, folder.resolve("latencyscope.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    SpoiledHost.compiledFor("17", NappingEngine.class, folder);
  }

  private Engine start(String feature) throws IOException {
    Optional<Path> java = Jdk.launcher(feature);
    Assumptions.assumeTrue(java.isPresent(), "no Java " + feature + " under /usr/lib/jvm");
    return Launch.of(NappingEngine.class)
        .on(java.get())
        .from(folder)
        .with("-javaagent:" + jar, "-XX:FlightRecorderOptions:repository=" + folder)
        .under(
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all")
        .start(folder.resolve("errors.txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "25"})
  void countsAreTheKernelsOwn(String feature) throws Exception {
    Path recording = folder.resolve("engine.jfr");
    try (Engine engine = start(feature)) {
      engine.await("ready");
      engine.say("naps before 20 1");
      engine.await("napped");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("trading");
      engine.say("await capturing");
      assertEquals("capturing", engine.await("state"));
      engine.say("naps worker " + NAPS + " 1");
      engine.await("napped");
      jcmd.dump("trading", recording);
      // It waits for good: what the kernel counts of it does not rise any more.
      assertEqualsKernel(engine.pid(), "worker", OurAccount.read(recording));
      engine.say("naps later " + NAPS + " 1");
      engine.await("napped");
      jcmd.stop("trading", recording);
      OurAccount ours = OurAccount.read(recording);
      assertEqualsKernel(engine.pid(), "worker", ours);
      assertEqualsKernel(engine.pid(), "later", ours);
      long before = ProcFile.thread(engine.pid(), "before");
      assertEquals(0, ours.counter(before, "voluntary_switches"), "counted from before the start");
      assertSaysThatThereIsNoMore(feature, ours);
      engine.say(Launch.LEAVE);
      assertEquals(Launch.EXIT_CODE, engine.finish());
    }
    List<String> said = Files.readAllLines(folder.resolve("errors.txt"));
    assertEquals(
        1, said.stream().filter(line -> line.startsWith("LatencyScope: ")).count(), said::toString);
    String report = report(recording);
    String panel = report.substring(report.indexOf("ISOLATION VERIFIER"));
    String first = panel.lines().filter(line -> line.contains("[")).findFirst().orElseThrow();
    assertTrue(first.contains("[N/A] Counts from /proc alone, without culprits"), report);
    assertTrue(report.lines().limit(5).anyMatch(line -> line.contains("Counts from /proc alone")));
    assertTrue(panel.contains("worker"), report);
  }

  private static void assertEqualsKernel(long pid, String name, OurAccount ours)
      throws IOException {
    long id = ProcFile.thread(pid, name);
    Path task = Path.of("/proc", Long.toString(pid), "task", Long.toString(id));
    ProcFile status = ProcFile.of(task.resolve("status"));
    long voluntary = status.number("voluntary_ctxt_switches");
    assertTrue(voluntary > NAPS, name + " napped " + voluntary + " times");
    assertEquals(voluntary, ours.counter(id, "voluntary_switches"), name);
    assertEquals(
        status.number("nonvoluntary_ctxt_switches"), ours.counter(id, "involuntary_switches"));
    String[] schedstat = Files.readString(task.resolve("schedstat")).strip().split(" ");
    assertEquals(Long.parseLong(schedstat[1]), ours.counter(id, "run_delay_ns"), name);
    assertEquals(Long.parseLong(schedstat[2]), ours.counter(id, "run_delay_count"), name);
    String stat = Files.readString(task.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertEquals(Long.parseLong(fields[7]), ours.counter(id, "minor_faults"), name);
    assertEquals(Long.parseLong(fields[9]), ours.counter(id, "major_faults"), name);
    assertTrue(
        ours.events("Counter", id).stream().allMatch(e -> name.equals(e.getString("thread"))));
  }

  private static void assertSaysThatThereIsNoMore(String feature, OurAccount ours) {
    List<RecordedEvent> states = ours.events("ProbeStatus");
    List<String> counted =
        states.stream()
            .filter(e -> "accounts".equals(e.getString("state")))
            .map(e -> e.getString("module"))
            .distinct()
            .sorted()
            .toList();
    assertEquals(List.of("isolation", "memory"), counted);
    List<String> without =
        states.stream()
            .filter(e -> "unavailable".equals(e.getString("state")))
            .map(e -> e.getString("module"))
            .distinct()
            .sorted()
            .toList();
    assertEquals(List.of("irq", "network", "syscall"), without);
    String why = feature.equals("17") ? "Java 25" : "CAP_BPF";
    assertTrue(ours.reasons().stream().allMatch(r -> r.contains(why)), ours.reasons()::toString);
    assertEquals(List.of(), ours.events("RunQueueWait"));
  }

  /** Also where there is more to be had, if somebody asks for no more. */
  @Test
  void countsAloneMayBeAskedFor() throws Exception {
    Path recording = folder.resolve("engine.jfr");
    Launch.of(NappingEngine.class)
        .with("-javaagent:" + jar + "=mode=accounts")
        .with("-Xlog:disable", "-XX:StartFlightRecording:filename=" + recording)
        .run(folder, "settle 60000", "naps trader 20 1", Launch.LEAVE)
        .assertUnharmed("ready\nsettled\nnapped trader\n", List.of());
    OurAccount ours = OurAccount.read(recording);
    assertTrue(ours.reasons().toString().contains("mode=accounts"), ours.reasons()::toString);
    assertTrue(
        ours.events("Counter").stream()
            .filter(e -> "trader".equals(e.getString("thread")))
            .filter(e -> "voluntary_switches".equals(e.getString("measure")))
            .anyMatch(e -> e.getLong("value") >= 20));
  }

  private String report(Path recording) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "report",
                "--details",
                recording.toString())
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor() < 3, text);
    return text;
  }
}
