package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.Tmux;
import latencyscope.truth.workload.SteadyEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live view in a real terminal. */
@KernelTest
class MonitorIT {
  private static final int CPU = 1;
  private static final int START_S = 60;
  private static final int END_S = 30;

  @TempDir Path folder;

  private Process target;
  private Process competitor;

  @BeforeEach
  void startTarget() throws Exception {
    target =
        new ProcessBuilder("taskset", "-c", "" + CPU, "sh", "-c", "while :; do :; done").start();
  }

  @AfterEach
  void endAll() throws Exception {
    Commands.end(target);
    if (competitor != null) {
      Commands.end(competitor);
    }
  }

  private List<String> command(String... more) {
    return Stream.concat(
            Stream.of(
                // Not where it would be what the target waits for.
                "taskset",
                "-c",
                "0",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                Engine.JAR.toString(),
                "monitor",
                "--dump-dir",
                folder.toString()),
            Stream.of(more))
        .toList();
  }

  private void start(Tmux terminal, String environment) throws Exception {
    String words = String.join(" ", command("-p", "" + target.pid()));
    terminal.type("clear; " + environment + " " + words + "; echo ended with $?");
    terminal.await("screen", START_S, text -> text.contains("pid " + target.pid() + " sh"));
    terminal.await("CPUs", START_S, text -> text.contains("%  "));
  }

  /** Starts what preempts the target; returns its id. */
  private long provoke() throws Exception {
    competitor = Commands.competitor(CPU);
    for (int look = 0; look < 1_000; look++) {
      // taskset has become timeout, which starts the shell.
      long pid = competitor.children().mapToLong(ProcessHandle::pid).findFirst().orElse(0);
      if (pid != 0) {
        return pid;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new AssertionError("the competitor did not start");
  }

  @Test
  void aPreemptionIsOnTheScreenWithinTwoSeconds() throws Exception {
    try (Tmux terminal = new Tmux(80, 24)) {
      String before = terminal.condition();
      start(terminal, "");
      terminal.press("1");
      terminal.await("window", 5, text -> text.contains("last 1 s"));
      long pid = provoke();
      long provokedAt = System.nanoTime(); // before there is that process, nothing can be seen
      String culprit = "behind sh (pid " + pid + ") on CPU " + CPU;
      String screen = terminal.await(culprit, 2, text -> text.contains(culprit));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - provokedAt);
      assertTrue(millis <= 2_000, millis + " ms");
      System.out.println("named after " + millis + " ms:\n" + screen);
      assertLaidOut(screen);
      drillDown(terminal, culprit);
      terminal.resize(130, 40);
      terminal.await("columns of a wide screen", 5, text -> text.contains("HARD IRQ"));
      dump(terminal);
      terminal.press("q");
      terminal.await("end", END_S, text -> text.contains("ended with 0"));
      assertEquals(before, terminal.condition());
    }
  }

  private static void assertLaidOut(String screen) {
    List<String> lines = screen.lines().toList();
    assertEquals(24, lines.size(), screen);
    assertTrue(lines.get(0).matches("pid \\d+ sh · 00:.*own cost .* % of a CPU.*"), screen);
    assertTrue(lines.get(1).startsWith("last 1 s · by lost time · stalls from 10 µs"), screen);
    assertTrue(lines.get(2).startsWith("THREAD "), screen);
    assertTrue(lines.get(3).startsWith("> sh "), screen);
    assertTrue(screen.contains("\nWORST STALLS"), screen);
    assertTrue(screen.contains("\nCPU  BUSY"), screen);
    assertTrue(lines.get(23).startsWith("1 2 3 window"), screen);
  }

  private static void drillDown(Tmux terminal, String culprit) throws Exception {
    terminal.press("Enter");
    terminal.await("thread", 5, text -> text.contains("LAST STALLS") && text.contains(culprit));
    terminal.await("exact counts", 10, text -> text.contains("involuntary_switches"));
    terminal.press("Escape");
    terminal.await("all threads", 5, text -> text.contains("WORST STALLS"));
    terminal.press("p");
    terminal.await("pause", 5, text -> text.contains("PAUSED"));
    terminal.press("p");
  }

  private void dump(Tmux terminal) throws Exception {
    terminal.press("m");
    terminal.await("mark", 5, text -> text.contains("mark 1 at "));
    terminal.press("d");
    terminal.await("dump", 20, text -> text.contains("wrote "));
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.findFirst().orElseThrow();
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      List<String> types =
          RecordingFile.readAllEvents(file).stream()
              .map(RecordedEvent::getEventType)
              .map(jdk.jfr.EventType::getName)
              .toList();
      assertTrue(types.contains("latencyscope.RunQueueWait"), types::toString);
      assertTrue(types.contains("latencyscope.Mark"), types::toString);
    }
  }

  @Test
  void theTerminalIsAsItWasAfterSigterm() throws Exception {
    try (Tmux terminal = new Tmux(80, 24)) {
      String before = terminal.condition();
      start(terminal, "NO_COLOR=1");
      String styled = terminal.styledScreen();
      assertFalse(styled.contains("\u001b["), styled);
      Commands.output("kill", "-TERM", "" + terminal.child().pid());
      terminal.await("end", END_S, text -> text.contains("ended with 143"));
      assertEquals(before, terminal.condition());
    }
  }

  @Test
  void aTargetThatEndsIsSaid() throws Exception {
    try (Tmux terminal = new Tmux(80, 24)) {
      String before = terminal.condition();
      start(terminal, "");
      target.destroyForcibly();
      String screen = terminal.await("end", END_S, text -> text.contains("ended with 3"));
      assertTrue(screen.contains("process " + target.pid() + " has ended"), screen);
      assertEquals(before, terminal.condition());
    }
  }

  /** The agent in the target knows Java's names. */
  @Test
  void anAttachedViewReadsWhatTheTargetRecords() throws Exception {
    try (Engine engine =
        Launch.of(SteadyEngine.class, "60")
            .with("-XX:+EnableDynamicAgentLoading")
            .under("taskset", "-c", "" + CPU)
            .start(folder.resolve("engine.txt"))) {
      engine.await("ready");
      long pid = provoke();
      Path out = folder.resolve("out.txt");
      Process monitor =
          new ProcessBuilder(command("-p", "" + engine.pid(), "--attach", "-d", "8"))
              .redirectOutput(out.toFile())
              .redirectError(folder.resolve("err.txt").toFile())
              .start();
      assertTrue(monitor.waitFor(START_S, TimeUnit.SECONDS));
      assertEquals("", Files.readString(folder.resolve("err.txt")));
      assertEquals(0, monitor.exitValue());
      String text = Files.readString(out);
      assertTrue(text.lines().anyMatch(line -> line.startsWith("  strategy-1 ")), text);
      assertTrue(text.contains("behind sh (pid " + pid + ") on CPU " + CPU), text);
    }
  }

  @Test
  void aPipeGetsLines() throws Exception {
    long pid = provoke();
    Path out = folder.resolve("out.txt");
    Process monitor =
        new ProcessBuilder(command("-p", "" + target.pid(), "-d", "5"))
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    assertTrue(monitor.waitFor(START_S, TimeUnit.SECONDS));
    assertEquals("", Files.readString(folder.resolve("err.txt")));
    assertEquals(0, monitor.exitValue());
    String text = Files.readString(out);
    assertTrue(text.contains("behind sh (pid " + pid + ") on CPU " + CPU), text);
    assertTrue(text.lines().filter(line -> line.contains("own cost")).count() >= 4, text);
    assertFalse(text.contains("\u001b"), text);
  }

  @Test
  void aProcessThatIsNotThereIsSaid() throws Exception {
    Process monitor = new ProcessBuilder(command("--pid", "4194305")).start();
    String errors = new String(monitor.getErrorStream().readAllBytes());
    assertTrue(monitor.waitFor(START_S, TimeUnit.SECONDS));
    assertEquals(3, monitor.exitValue(), errors);
    assertTrue(errors.contains("--pid: there is no process 4194305"), errors);
    assertEquals(1, errors.lines().count(), errors);
  }
}
