package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OpenFiles;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.Launch.Outcome;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A capture needs no more, and opens no more, than {@code docs/security.md} says. */
@KernelTest
@Tag("packed-jar")
class SecurityIT {
  @TempDir Path folder;
  private Path opened;

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
            .with("-Xlog:disable", "-XX:StartFlightRecording:filename=" + recording)
            .under(nobodyWith("+bpf,+perfmon"));
    // Spins: what interrupts a thread must find one that runs.
    Outcome outcome =
        launch.run(
            folder,
            "settle 60000",
            "naps trader 20 10",
            "spins busy 300",
            "naps after 1 500",
            Launch.LEAVE);
    List<String> said = outcome.out().lines().filter(line -> !line.startsWith("spun ")).toList();
    new Outcome(outcome.exitCode(), String.join("\n", said) + "\n", outcome.errors())
        .assertUnharmed("ready\nsettled\nnapped trader\nspins busy\nnapped after\n", List.of());
    OurAccount ours = OurAccount.read(recording);
    assertEquals(List.of(), ours.reasons());
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
    Path open = Files.createTempDirectory("latencyscope-security");
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
      engine.awaitCapturing();
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
}
