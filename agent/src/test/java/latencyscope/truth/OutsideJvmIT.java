package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.ProcFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM that is watched from outside: what it tells of itself, and that nothing is left in it. */
@KernelTest
class OutsideJvmIT {
  private static final long LIMIT_S = 60;
  private static final Path HOME = Path.of(System.getProperty("java.home"));
  private static final int TWO_INTERRUPTS = 130;
  private static final int SIGINT = 2;

  @TempDir Path folder;
  private Process engine;
  private Path said;
  private Set<String> before;

  /** The demo engine without an agent, under some Java. */
  private void start(Path java, String... options) throws Exception {
    said = folder.resolve("engine.txt");
    before = filesForJvms();
    List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx128m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", Engine.JAR.toString(), "demo.TradingEngine"));
    command.addAll(List.of("--seconds", "600", "--sleeps"));
    engine =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!threads().contains("strategy")) {
      assertTrue(engine.isAlive() && System.nanoTime() < giveUp, Files.readString(said));
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private Set<String> threads() throws IOException {
    return ProcFile.threads(engine.pid()).stream()
        .map(thread -> thread.text("Name"))
        .collect(Collectors.toSet());
  }

  @AfterEach
  void end() throws InterruptedException {
    if (engine != null) {
      engine.destroyForcibly().waitFor(LIMIT_S, TimeUnit.SECONDS);
    }
  }

  private static Path java(String version) throws IOException {
    if (HOME.resolve("bin/java").toFile().exists()
        && Runtime.version().feature() == Integer.parseInt(version)) {
      return HOME.resolve("bin/java");
    }
    try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
      return homes
          .filter(home -> home.getFileName().toString().matches(".*\\b" + version + "\\b.*"))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    }
  }

  private Process commandLine(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                HOME.resolve("bin/java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "--pid",
                String.valueOf(engine.pid()),
                "--json"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("report.json").toFile())
        .redirectError(folder.resolve("errors.txt").toFile())
        .start();
  }

  private void collectGarbage() throws Exception {
    Commands.output(HOME.resolve("bin/jcmd").toString(), String.valueOf(engine.pid()), "GC.run");
  }

  private JsonNode report(Process commandLine) throws Exception {
    assertTrue(commandLine.waitFor(LIMIT_S, TimeUnit.SECONDS));
    String errors = Files.readString(folder.resolve("errors.txt"));
    assertTrue(commandLine.exitValue() <= 2, errors);
    assertEquals("", errors);
    return new ObjectMapper().readTree(folder.resolve("report.json").toFile());
  }

  private void assertTellsOfTheJvm(JsonNode report) {
    JsonNode strategy =
        StreamSupport.stream(report.at("/isolation/threads").spliterator(), false)
            .filter(thread -> thread.get("thread").asText().equals("strategy"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(report.at("/isolation/threads")));
    assertTrue(strategy.get("java_tid").asLong() > 0, strategy::toString);
    assertTrue(report.at("/jvm/gc_pause_count").asLong() > 0, report.get("jvm")::toString);
    assertTrue(report.at("/jvm/safepoint_count").asLong() > 0, report.get("jvm")::toString);
    assertFalse(report.at("/target/jvm/version").isNull());
    assertFalse(report.at("/target/jvm/gc").isNull());
  }

  private void assertNothingIsLeft() throws Exception {
    String recordings =
        Commands.output(
            HOME.resolve("bin/jcmd").toString(), String.valueOf(engine.pid()), "JFR.check");
    assertFalse(recordings.contains("latencyscope-"), recordings);
    Set<String> left = filesForJvms();
    left.removeAll(before);
    assertEquals(Set.of(), left);
  }

  /** In the engine's {@code /tmp}, which is the machine's: others may have left theirs. */
  private static Set<String> filesForJvms() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("latencyscope-[0-9a-f]{16}\\..*"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "25"})
  void aJvmOfAnyVersionTellsOfItself(String version) throws Exception {
    Path java = java(version);
    assumeTrue(java != null, "no Java " + version);
    start(java, "-XX:StartFlightRecording");
    try (CommandLine outside = CommandLine.watch(engine.pid(), folder)) {
      collectGarbage();
      assertTellsOfTheJvm(outside.finish());
    }
    assertEquals("", Files.readString(folder.resolve("cli-stderr.txt")));
    // A recording in memory beside another one cannot be had, and the JVM says so on its output.
    assertFalse(Files.readString(said).contains("[error]"), Files.readString(said));
    assertNothingIsLeft();
  }

  @Test
  void anAgentThatWasAttachedTellsTheSameAndGoes() throws Exception {
    start(java("25"));
    for (int i = 0; i < 2; i++) {
      Process commandLine = commandLine("--attach", "--duration", "120");
      new Jcmd(engine.pid()).awaitCapturing();
      collectGarbage();
      Commands.output("kill", "-INT", String.valueOf(commandLine.pid()));
      assertTellsOfTheJvm(report(commandLine));
      assertNothingIsLeft();
      assertEquals(Set.of(), KernelObjects.heldBy(engine.pid()).programs());
    }
    assertTrue(engine.isAlive());
  }

  /** The drain thread is there from just before the modules are loaded. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTargetThatEndsWhileProbesLoadIsSaidToHaveEnded(boolean attach) throws Exception {
    start(java("25"));
    Process commandLine =
        attach ? commandLine("--attach", "--duration", "120") : commandLine("--duration", "120");
    long loading = attach ? engine.pid() : commandLine.pid();
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!hasDrainThread(loading)) {
      assertTrue(commandLine.isAlive() && System.nanoTime() < giveUp, "it does not load");
      TimeUnit.MILLISECONDS.sleep(1);
    }
    engine.destroyForcibly().waitFor(LIMIT_S, TimeUnit.SECONDS);
    assertTrue(commandLine.waitFor(LIMIT_S, TimeUnit.SECONDS));
    String errors = Files.readString(folder.resolve("errors.txt"));
    assertEquals(3, commandLine.exitValue(), errors);
    assertEquals(
        List.of(
            "latencyscope: process "
                + engine.pid()
                + " ended while the probes were being loaded: nothing was captured"),
        errors.lines().toList());
    assertEquals(0, Files.size(folder.resolve("report.json")));
    Set<String> left = filesForJvms();
    left.removeAll(before);
    assertEquals(Set.of(), left);
  }

  private static boolean hasDrainThread(long pid) throws IOException {
    return ProcFile.threads(pid).stream()
        .anyMatch(thread -> thread.text("Name").startsWith("latencyscope-dr"));
  }

  @Test
  void anOlderJvmIsToldThatTheAgentIsNotForIt() throws Exception {
    Path java = java("17");
    assumeTrue(java != null, "no Java 17");
    start(java);
    Process commandLine = commandLine("--attach", "--duration", "2");
    assertTrue(commandLine.waitFor(LIMIT_S, TimeUnit.SECONDS));
    assertEquals(3, commandLine.exitValue());
    String errors = Files.readString(folder.resolve("errors.txt"));
    assertTrue(errors.contains("is Java 17; without --attach"), errors);
    assertEquals(0, Files.size(folder.resolve("report.json")));
  }

  @Test
  void twoInterruptsEndItAndWhatItBegan() throws Exception {
    start(java("25"));
    Process commandLine = commandLine("--duration", "60");
    KernelObjects.awaitHeldBy(commandLine.pid());
    Commands.output("kill", "-INT", String.valueOf(commandLine.pid()));
    awaitTaken(commandLine.pid());
    Commands.output("kill", "-INT", String.valueOf(commandLine.pid()));
    assertTrue(commandLine.waitFor(LIMIT_S, TimeUnit.SECONDS));
    assertEquals(TWO_INTERRUPTS, commandLine.exitValue());
    assertNothingIsLeft();
    assertEquals(Set.of(), KernelObjects.heldBy(commandLine.pid()).programs());
  }

  /**
   * Of two that come before a process on a busy machine has taken the first, the kernel makes one.
   */
  private static void awaitTaken(long pid) throws Exception {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
    boolean pending = true;
    for (int look = 0; look < 6_000 && pending; look++) {
      TimeUnit.MILLISECONDS.sleep(look == 0 ? 20 : 1);
      ProcFile file = ProcFile.of(status);
      long signals =
          Long.parseUnsignedLong(file.text("ShdPnd"), 16)
              | Long.parseUnsignedLong(file.text("SigPnd"), 16);
      pending = (signals & 1L << SIGINT - 1) != 0;
    }
    assertFalse(pending, "it does not take the signal");
  }

  @Test
  void aJvmThatIsNotToBeAskedIsNot() throws Exception {
    start(java("25"));
    JsonNode report = report(commandLine("--no-jvm-recording", "--duration", "1"));
    assertTrue(report.at("/jvm/gc_pause_count").isNull());
    assertTrue(report.at("/isolation/runqueue_count").asLong() > 0);
  }
}
