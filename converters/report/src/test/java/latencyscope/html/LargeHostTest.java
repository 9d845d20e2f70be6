package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page of 5,000 threads on 256 CPUs. */
class LargeHostTest {
  private static final int THREADS = 5_000;
  private static final int CPUS = 256;
  private static final int SWITCHES = 12;
  private static final long SECOND = 1_000_000_000L;
  private static final long MAX_PAGE_BYTES = 12_000_000;
  private static final long MAX_OPEN_MS = 5_000;

  @TempDir static Path directory;

  private static Path file;

  @BeforeAll
  static void write() throws Exception {
    Fixture fixture = new Fixture().capture("", "");
    Random random = new Random(7);
    for (int t = 0; t < THREADS; t++) {
      ThreadId thread = new ThreadId(10_000 + t, "worker-" + t, 100 + t);
      int cpu = t % CPUS;
      long at = random.nextLong(SECOND / 2);
      for (int i = 0; i < SWITCHES; i++) {
        long off = 1_000_000 + random.nextLong(200_000_000);
        boolean preempted = i % 3 == 0;
        fixture.event(
            "ContextSwitch",
            thread,
            at,
            off,
            cpu,
            "voluntary",
            !preempted,
            "state",
            preempted ? "running" : "sleeping",
            "next",
            "batch-" + cpu % 5,
            "nextTid",
            90L + cpu % 5,
            "returnCpu",
            (long) cpu,
            "waited",
            preempted ? off : 20_000L,
            "waker",
            "feed",
            "wakerTid",
            9_999L);
        if (preempted) {
          fixture.wait(thread, at, off, cpu, "preempted", "batch-" + cpu % 5, 90 + cpu % 5);
        }
        at += off + 100_000 + random.nextLong(600_000_000);
      }
    }
    file = directory.resolve("large.html");
    try (OutputStream out = Files.newOutputStream(file)) {
      HtmlReport.write(fixture.report(), fixture.source(), ZoneOffset.UTC, out);
    }
    String kept = System.getProperty("page.keep");
    if (kept != null) {
      Files.copy(file, Path.of(kept));
    }
  }

  private static JsonNode data() throws IOException {
    Matcher matcher =
        Pattern.compile("type=\"application/json\">(.*?)</script>", Pattern.DOTALL)
            .matcher(Files.readString(file));
    assertTrue(matcher.find());
    return new ObjectMapper().readTree(matcher.group(1));
  }

  @Test
  void everyThreadAndCpuHasARow() throws IOException {
    List<String> kinds = new ArrayList<>();
    for (JsonNode lane : data().get("lanes")) {
      kinds.add(lane.get("kind").asText());
    }
    assertEquals(THREADS, kinds.stream().filter("thread"::equals).count());
    assertEquals(CPUS, kinds.stream().filter("cpu"::equals).count());
    assertTrue(Files.size(file) < MAX_PAGE_BYTES, "bytes: " + Files.size(file));
  }

  @Test
  void cpusSayWhoRanAndThreadsInWhichStateTheyWere() throws IOException {
    for (JsonNode lane : data().get("lanes")) {
      List<String> states = new ArrayList<>();
      List<String> tasks = new ArrayList<>();
      lane.get("rows")
          .forEach(row -> {
            states.add(row.get("state").asText());
            tasks.add(row.path("task").asText());
          });
      if (lane.get("kind").asText().equals("cpu")) {
        assertTrue(tasks.stream().anyMatch(task -> task.startsWith("batch-")), tasks::toString);
        assertTrue(tasks.stream().anyMatch(task -> task.startsWith("worker-")), tasks::toString);
      } else {
        assertTrue(states.containsAll(List.of("on_cpu", "blocked", "runnable")), states::toString);
      }
    }
  }

  @Test
  void aBrowserOpensItFast() {
    Optional<Browser> browser = Browser.ifThere();
    assumeTrue(browser.isPresent(), "no chromium here");
    Browser.Rendered rendered = browser.get().render(file);
    assertEquals(List.of(), rendered.console());
    assertTrue(rendered.isReady(), rendered.said());
    assertEquals("" + (THREADS + CPUS), rendered.only("data-lanes=\"(\\d+)\""));
    long millis = Long.parseLong(rendered.only("data-millis=\"(\\d+)\""));
    assertTrue(millis < MAX_OPEN_MS, millis + " ms");
  }
}
