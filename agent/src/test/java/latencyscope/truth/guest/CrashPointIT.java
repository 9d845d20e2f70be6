package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at any moment of a capture or of a conversion: nothing stays in the kernel, no file is
 * there by half, and the next run starts clean. A few moments here; all of them with {@code
 * scripts/crash-points.sh}.
 */
@KernelTest
class CrashPointIT {
  private static final int POINTS = Integer.getInteger("crash.points", 2);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final long LIMIT_MS = 60_000;
  private static final String BEFORE = "what was there before";

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private int whileLoaded;

  @Test
  void engineIsKilledAnywhereInACapture() throws Exception {
    // As long as it takes from the start of the JVM to well into the capture, on this machine.
    long reach;
    try (Engine engine = capturingEngine()) {
      long start = System.nanoTime();
      KernelObjects.awaitHeldBy(engine.pid());
      reach = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 1_000;
      engine.say("leave 0");
      engine.finish();
    }
    for (int point = 0; point < POINTS; point++) {
      Engine engine = capturingEngine();
      kill(engine.pid(), point, reach);
      engine.close();
      assertNotHalf("recording.jfr", point);
    }
    report("engine", reach);
    try (Engine engine = capturingEngine()) {
      engine.await("ready");
      // All modules: an engine that leaves while they come up has no account of a capture.
      engine.awaitCapturing();
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid());
      engine.say("naps after 3 5");
      engine.await("napped after");
      engine.say("leave 0");
      assertEquals(0, engine.finish());
      loaded.awaitGone();
    }
    assertTrue(OurAccount.read(folder.resolve("recording.jfr")).events("Capture").size() > 0);
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  private Engine capturingEngine() throws IOException {
    Path file = folder.resolve("recording.jfr");
    Files.deleteIfExists(file);
    return Launch.of(NappingEngine.class)
        .withAgent("start=latencyscope,file=" + file)
        .start(folder.resolve("stderr.txt"));
  }

  @Test
  void commandLineIsKilledAnywhereInACapture() throws Exception {
    Path output = Files.createDirectory(folder.resolve("out")).resolve("report.json");
    long start = System.nanoTime();
    Process whole = capture(output).start();
    assertTrue(whole.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS));
    assertTrue(whole.exitValue() < 3, () -> "exit code " + whole.exitValue());
    long reach = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 100;
    for (int point = 0; point < POINTS; point++) {
      Files.writeString(output, BEFORE);
      Process process = capture(output).start();
      kill(process.pid(), point, reach);
      process.waitFor();
      assertOldOrWhole(output, point);
    }
    report("command line", reach);
    Process again = capture(output).start();
    assertTrue(again.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS));
    assertTrue(again.exitValue() < 3, () -> "exit code " + again.exitValue());
    new ObjectMapper().readTree(output.toFile());
  }

  private ProcessBuilder capture(Path output) {
    return cli(
        "--pid",
        String.valueOf(ProcessHandle.current().pid()),
        "--duration",
        "300ms",
        "-o",
        output.toString());
  }

  @Test
  void converterIsKilledAnywhere() throws Exception {
    Path recording = folder.resolve("recording.jfr");
    try (Engine engine = capturingEngine()) {
      engine.await("ready");
      engine.awaitCapturing();
      engine.say("naps work 100 2");
      engine.await("napped work");
      engine.say("leave 0");
      engine.finish();
    }
    for (String ending : List.of(".pftrace", ".html")) {
      Path output = Files.createDirectory(folder.resolve(ending)).resolve("out" + ending);
      long start = System.nanoTime();
      assertTrue(convert(recording, output).start().waitFor() < 3);
      long reach = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + 50;
      byte[] whole = Files.readAllBytes(output);
      for (int point = 0; point < POINTS; point++) {
        Files.delete(output);
        Process process = convert(recording, output).start();
        TimeUnit.MILLISECONDS.sleep(random.nextLong(reach));
        process.destroyForcibly().waitFor();
        if (Files.exists(output)) {
          assertArrayEquals(whole, Files.readAllBytes(output), where(point));
        }
        Files.write(output, whole);
      }
      report("converter to " + ending, reach);
    }
  }

  private ProcessBuilder convert(Path recording, Path output) {
    return cli("report", recording.toString(), "-o", output.toString());
  }

  private ProcessBuilder cli(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Engine.JAR.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve("cli-stderr.txt").toFile());
  }

  /** Stops a process at a random moment, sees what it has in the kernel, kills it, sees it gone. */
  private void kill(long pid, int point, long reach) throws Exception {
    TimeUnit.MILLISECONDS.sleep(random.nextLong(reach));
    if (!signal("STOP", pid)) {
      return; // it had ended
    }
    // A thread stops when it leaves the kernel: what it is about to load is there by then.
    TimeUnit.MILLISECONDS.sleep(20);
    KernelObjects held = KernelObjects.heldBy(pid);
    whileLoaded += held.isEmpty() ? 0 : 1;
    if (point % 20 == 19) {
      System.out.println("CrashPointIT: " + (point + 1) + ", " + whileLoaded + " while loaded");
    }
    signal("KILL", pid);
    try {
      held.awaitGone();
    } catch (AssertionError e) {
      throw new AssertionError(where(point), e);
    }
  }

  private static boolean signal(String name, long pid) throws Exception {
    return new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private void assertOldOrWhole(Path output, int point) throws IOException {
    String text = Files.readString(output);
    if (!text.equals(BEFORE)) {
      new ObjectMapper().readTree(text);
      assertTrue(text.endsWith("}\n"), where(point) + text);
    }
    try (Stream<Path> all = Files.list(output.getParent())) {
      // What is half has a name that says so, which the next writer knows.
      assertEquals(List.of(output), all.filter(p -> !isTemporary(p)).toList(), () -> where(point));
    }
  }

  private static boolean isTemporary(Path path) {
    return path.getFileName().toString().matches("\\.latencyscope-\\d+-.*\\.tmp");
  }

  /** The flight recorder writes its file when the engine ends by itself, or does not write it. */
  private void assertNotHalf(String name, int point) throws IOException {
    Path file = folder.resolve(name);
    // The recorder makes the file empty when the recording starts: to see that it can.
    long size = Files.exists(file) ? Files.size(file) : 0;
    assertEquals(0, size, () -> where(point));
  }

  private String where(int point) {
    return "point " + point + " of seed " + SEED + " (-Dcrash.seed)";
  }

  private void report(String who, long reach) {
    System.out.println(
        "CrashPointIT: "
            + who
            + " killed "
            + POINTS
            + " times within "
            + reach
            + " ms, "
            + whileLoaded
            + " times so far with programs in the kernel; seed "
            + SEED);
  }
}
