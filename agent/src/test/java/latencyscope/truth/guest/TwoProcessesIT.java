package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.CommandLine;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.MessageWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client waits for a server in another JVM, which sleeps for a known time. */
@KernelTest
class TwoProcessesIT {
  private static final long SLEEP_MS = 40;
  private static final int REQUESTS = 5;

  @TempDir Path folder;

  @Test
  void thePathOfARequestGoesToTheServersSleep() throws Exception {
    assertPathGoesToTheServersSleep("socket");
  }

  @Test
  void thePathThroughSharedMemoryGoesToTheServersSleep() throws Exception {
    assertPathGoesToTheServersSleep(folder.resolve("mapped").toString());
  }

  private void assertPathGoesToTheServersSleep(String way) throws Exception {
    Path client = folder.resolve("client.jfr");
    Path server = folder.resolve("server.jfr");
    try (Engine one = engine("server", server, "" + SLEEP_MS, way)) {
      String port = one.await("port");
      try (Engine other = engine("client", client, port, "" + REQUESTS)) {
        other.await("done");
        one.await("done");
        finish(other);
        finish(one);
      }
    }
    String out =
        CommandLine.run(
            "explain",
            client.toString(),
            server.toString(),
            "--event",
            "test.Request",
            "--top",
            "" + REQUESTS,
            "--json");
    JsonNode windows = new ObjectMapper().readTree(out).get("windows");
    assertEquals(REQUESTS, windows.size(), out);
    // The shortest: others may have waited for the CPU for longer than the server slept.
    JsonNode window = windows.get(REQUESTS - 1);
    long length = window.get("duration_ns").asLong();
    assertTrue(length >= SLEEP_MS * 1_000_000, window::toString);
    assertEquals("server.jfr", window.at("/path/0/recording").asText(), window::toString);
    JsonNode did = window.at("/path/0/did");
    assertEquals("server", did.get("thread").asText(), window::toString);
    JsonNode longest = did.at("/parts/0");
    assertEquals("blocked", longest.get("cause").asText(), window::toString);
    assertTrue(
        longest.get("ns").asLong() >= 0.95 * SLEEP_MS * 1_000_000
            && longest.get("ns").asLong() <= length,
        window::toString);
    assertTrue(
        window.get("path_ends").asText().startsWith("an interrupt ended the wait of server"),
        window::toString);
    assertTrue(window.at("/path/0/clock_error_ns").asLong() < 1_000_000, window::toString);
    Path both = folder.resolve("both.pftrace");
    CommandLine.run("report", client.toString(), server.toString(), "-o", both.toString());
    String trace = Files.readString(both, StandardCharsets.ISO_8859_1);
    assertTrue(trace.contains("wakes client") && trace.contains("woken by server"));
  }

  private Engine engine(String role, Path file, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of(role, file.toString()));
    words.addAll(List.of(more));
    return Launch.of(MessageWorkload.class, words.toArray(String[]::new))
        .withAgent()
        .with("--enable-native-access=ALL-UNNAMED")
        .start(folder.resolve(role + "-stderr.txt"));
  }

  private static void finish(Engine engine) throws Exception {
    engine.say("dump");
    engine.await("dumped");
    assertEquals(0, engine.finish());
  }
}
