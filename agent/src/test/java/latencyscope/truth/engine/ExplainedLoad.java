package latencyscope.truth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import latencyscope.truth.workload.LedgerWorkload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the command line makes of a recording of a load that provoked something. */
public abstract class ExplainedLoad {
  public static final int CPU = 1;

  /** What the scheduler counts as the thread's own time. */
  public static final Predicate<JsonNode> RUNNING =
      cause("on_cpu", "syscall", "page_fault", "nmi", "hard_irq", "local_interrupt", "softirq");

  private static final double UNEXPLAINED = 0.05;

  @TempDir public Path folder;

  public Path recording;

  @BeforeEach
  public void place() {
    recording = folder.resolve("recording.jfr");
  }

  public Engine engine(Launch launch) throws IOException {
    Engine engine = launch.withAgent().start(folder.resolve("stderr.txt"));
    engine.await("ready");
    return engine;
  }

  public Launch load(String load) {
    return Launch.of(LedgerWorkload.class, load, recording.toString());
  }

  public static void finish(Engine engine) throws InterruptedException {
    engine.await("done");
    assertEquals(0, engine.finish());
  }

  /** What the command line says, as JSON. */
  public JsonNode json(String command, String... more) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-jar", Engine.JAR.toString(), command, recording.toString(), "--json"));
    words.addAll(List.of(more));
    Process process =
        new ProcessBuilder(words).redirectError(folder.resolve("cli-stderr.txt").toFile()).start();
    byte[] out = process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() < 3, command);
    return new ObjectMapper().readTree(new String(out, StandardCharsets.UTF_8));
  }

  public static long sum(Iterable<JsonNode> windows, Predicate<JsonNode> parts) {
    long sum = 0;
    for (JsonNode window : windows) {
      for (JsonNode part : window.get("parts")) {
        sum += parts.test(part) ? part.get("ns").asLong() : 0;
      }
    }
    return sum;
  }

  public static Predicate<JsonNode> cause(String... keys) {
    return part -> List.of(keys).contains(part.get("cause").asText());
  }

  /** Length of all windows, each of which must be the sum of its parts. */
  public static long assertAddUp(JsonNode windows) {
    long all = 0;
    for (JsonNode window : windows) {
      long length = window.get("duration_ns").asLong();
      long parts = sum(List.of(window), part -> true);
      assertEquals(length, parts + window.get("unexplained_ns").asLong(), window::toString);
      all += length;
    }
    return all;
  }

  public static void assertExplained(JsonNode windows) {
    long all = assertAddUp(windows);
    long unexplained = 0;
    for (JsonNode window : windows) {
      unexplained += window.get("unexplained_ns").asLong();
    }
    assertTrue(
        unexplained < UNEXPLAINED * all, unexplained + " ns of " + all + " ns are unexplained");
  }

  /** Gives a thread the CPU, ahead of whatever else runs on this machine but the competitor. */
  public static void ahead(String osThreadId) throws Exception {
    Commands.pin(osThreadId, CPU);
    Commands.output("chrt", "-r", "-p", "1", osThreadId);
  }

  public static long shell(Process competitor) throws InterruptedException {
    for (int look = 0; look < 6_000; look++) {
      List<ProcessHandle> children = competitor.children().toList();
      // taskset and chrt have become timeout, which starts the shell.
      if (!children.isEmpty()) {
        return children.get(0).pid();
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    throw new AssertionError("the competitor did not start");
  }
}
