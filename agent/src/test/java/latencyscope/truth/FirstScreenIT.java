package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The demo with each of its diseases: the first screen names what was provoked before anything else
 * that the engine did, with what removes it. What other processes of this host do at the same time
 * is not the demo's: it is taken out where it cost more.
 */
@KernelTest
class FirstScreenIT {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final long LIMIT_S = 120;
  private static final int SCREEN = 24;
  private static final int COLUMNS = 80;
  private static final int SHOWN = 3; // of the causes, at least
  private static final int FAILED = 2;
  private static final int REPORT = 60;

  // The scheduler gives each session its share, and within one each process (sched_autogroup).
  // What else runs on this host gets little: the demo's own processes share the CPU as ever.
  private static final String FIRST =
      "echo -19 > /proc/self/autogroup 2> /dev/null; exec nice -n -19 \"$@\"";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "competitor, competitor preempted strategy, taskset -c",
    "cold-journal, strategy waited for major page faults, vmtouch -dl '/",
    "lock-handoff, strategy waited for a lock (ReentrantLock) that, jfr print",
    "sleeps, strategy slept in Thread.sleep, jfr print",
    "packet-loss, dropped packets of, sysctl -w net.core.rmem_max=",
    "gc, Garbage collection (System.gc()) stopped strategy, -XX:+DisableExplicitGC"
  })
  void namesWhatWasProvokedFirst(String disease, String cause, String command) throws Exception {
    check(demo(disease), cause, command);
    if (disease.equals("gc")) {
      collectionsAreExplained();
    }
  }

  /** Although the capture is limited to the strategy's CPU, where the collector does not run. */
  private void collectionsAreExplained() throws Exception {
    Path out = folder.resolve("pauses.json");
    read(out, "explain", "--event", "jdk.GCPhasePause", "--top", "3", "--json");
    JsonNode pauses = new ObjectMapper().readTree(out.toFile());
    long all = 0;
    long unexplained = 0;
    for (JsonNode pause : pauses.get("windows")) {
      all += pause.get("duration_ns").asLong();
      unexplained += pause.get("unexplained_ns").asLong();
    }
    assertTrue(all > 0 && unexplained < all / 10, pauses::toPrettyString);
  }

  /** What a command line says of the demo's recording, written to a file. */
  private int read(Path out, String command, String... options) throws Exception {
    Path recording = folder.resolve("latencyscope-demo").resolve("recording.jfr");
    ProcessBuilder builder =
        new ProcessBuilder(
                JAVA.toString(), "-jar", Engine.JAR.toString(), command, recording.toString())
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("errors.txt").toFile());
    builder.command().addAll(List.of(options));
    builder.environment().put("COLUMNS", "" + COLUMNS);
    Process commandLine = builder.start();
    assertTrue(commandLine.waitFor(LIMIT_S, TimeUnit.SECONDS), "no " + command);
    return commandLine.exitValue();
  }

  @Test
  void namesWhoUnmapsFirst() throws Exception {
    List<String> lines = demo("munmap-storm");
    assumeTrue(
        report().at("/memory/tlb_shootdown_count").asLong() > 1_000,
        "this kernel flushes the TLBs of other CPUs without interrupts that are counted"
            + " (a hypervisor does it: hyperv_flush_tlb, KVM's PV TLB flush)");
    check(lines, "TLB shootdown", "→");
  }

  private void check(List<String> lines, String cause, String command) throws Exception {
    String all = String.join("\n", lines);
    int begin = first(lines, "LatencyScope v");
    assertTrue(lines.size() <= REPORT, () -> lines.size() + " lines:\n" + all);
    int end = first(lines, "The slowest of ");
    assertTrue(end - begin <= SCREEN + 1, () -> "no screen:\n" + all); // an empty line parts them
    for (String line : lines.subList(begin, lines.size())) {
      boolean isCommand = line.startsWith("More of them: ");
      assertTrue(isCommand || line.codePointCount(0, line.length()) <= COLUMNS, line);
    }
    assertTrue(lines.get(begin + 1).startsWith("[FAIL] "), all);
    int number = numberOfProvoked(cause);
    String entry = entry(number <= SHOWN ? lines.subList(begin, end) : screen(number), number);
    assertTrue(entry.contains(cause), () -> "not '" + cause + "' but '" + entry + "':\n" + all);
    assertTrue(entry.contains(command), () -> "no '" + command + "' in '" + entry + "':\n" + all);
  }

  private static int first(List<String> lines, String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(beginning)) {
        return i;
      }
    }
    throw new AssertionError("no '" + beginning + "' in:\n" + String.join("\n", lines));
  }

  /**
   * With more causes than it has room for: others took the first places, which a host that runs
   * much beside the demo makes them do.
   */
  private List<String> screen(int causes) throws Exception {
    Path out = folder.resolve("screen.txt");
    assertEquals(FAILED, read(out, "report", "--top", "" + causes));
    List<String> lines = Files.readAllLines(out);
    return lines.subList(first(lines, "LatencyScope v"), first(lines, "Capture "));
  }

  /** One of the numbered causes on a screen, in one line; empty if it is not there. */
  private static String entry(List<String> screen, int number) {
    StringBuilder entry = new StringBuilder();
    boolean within = false;
    for (String line : screen) {
      if (line.matches(" *\\d+\\. .*")) {
        within = line.strip().startsWith(number + ". ");
      } else if (!line.startsWith("     ")) {
        within = false;
      }
      if (within) {
        entry.append(' ').append(line.replaceFirst("\\\\$", "").strip());
      }
    }
    return entry.toString();
  }

  /** 1, unless other processes of this host cost the strategy more. */
  private int numberOfProvoked(String cause) throws Exception {
    JsonNode report = report();
    long target = report.at("/target/pid").asLong();
    int number = 1;
    for (JsonNode one : report.get("top_causes")) {
      boolean foreign = one.path("culprit").asText().matches(".*\\(pid (?!" + target + "\\b).*");
      if (!foreign || one.get("title").asText().contains(cause)) {
        return number;
      }
      number++;
    }
    throw new AssertionError("no cause of the engine's own: " + report.get("top_causes"));
  }

  private JsonNode report() throws Exception {
    return new ObjectMapper()
        .readTree(folder.resolve("latencyscope-demo").resolve("report.json").toFile());
  }

  /** What the demo prints as its result. */
  private List<String> demo(String disease) throws Exception {
    Path out = folder.resolve("out.txt");
    Path log = folder.resolve("log.txt");
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "-w", "sh", "-c", FIRST, "sh", JAVA.toString())
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(log.toFile());
    // So that its own start takes as little as it can.
    builder.command().addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    builder
        .command()
        .addAll(List.of("-jar", Engine.JAR.toString(), "demo", "--seconds", "5", "--" + disease));
    builder.environment().put("COLUMNS", "" + COLUMNS);
    Process demo = builder.start();
    try {
      assertTrue(demo.waitFor(LIMIT_S, TimeUnit.SECONDS), "the demo does not end");
    } finally {
      demo.descendants().forEach(ProcessHandle::destroyForcibly);
      demo.destroyForcibly();
    }
    assertEquals(0, demo.exitValue(), Files.readString(log));
    return Files.readAllLines(out);
  }
}
