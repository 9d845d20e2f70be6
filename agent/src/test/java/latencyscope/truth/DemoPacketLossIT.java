package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo engine with a receiver that loses packets, and without: what the report says of it. */
@KernelTest
class DemoPacketLossIT {
  private static final long LIMIT_S = 60;
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final String CAPTURING = "latencyscope.state=capturing";
  private static final Pattern LOST = Pattern.compile("messages lost: ([\\d,]+)");

  @TempDir Path folder;

  @Test
  void whatTheReceiverLosesIsDroppedAtItsSocket() throws Exception {
    long lost = demo("--seconds", "10", "--packet-loss");
    assertTrue(lost > 0, "nothing was lost");
    JsonNode report = report();
    assertEquals(lost, report.at("/network/socket_drop_count").asLong());
    JsonNode finding = finding(report);
    assertEquals("FAIL", finding.get("severity").asText());
    assertEquals("md-receiver", finding.get("thread").asText());
    assertEquals(lost, finding.get("count").asLong());
    assertTrue(finding.get("title").asText().startsWith("SOCKET_RCVBUFF"), finding::toString);
  }

  /** On a machine that is busy with other things, an engine may lose packets unprovoked. */
  @Test
  void anEngineThatLosesNothingHasNoDrops() throws Exception {
    long lost = demo("--seconds", "5", "--sleeps");
    JsonNode network = report().get("network");
    assertEquals(lost, network.get("socket_drop_count").asLong());
    assertEquals(lost > 0 ? 1 : 0, network.get("violations").asLong());
    assertTrue(network.get("skb_receive_count").asLong() > 0, network::toString);
  }

  /** Runs the engine; says how many messages its receiver missed, by their sequence numbers. */
  private long demo(String... options) throws IOException, InterruptedException {
    // What it loses while the capture is coming up nobody could see.
    List<String> main = new ArrayList<>(List.of("demo.TradingEngine", "--opens-when=" + CAPTURING));
    main.addAll(List.of(options));
    Launch.Outcome outcome =
        new Launch(List.of(), JAVA, List.of(), List.of(Engine.JAR), main)
            .withAgent("start=latencyscope,modules=network,file=" + recording())
            .run(folder);
    assertEquals(0, outcome.exitCode(), outcome.errors());
    Matcher lost = LOST.matcher(outcome.out());
    assertTrue(lost.find(), outcome.out());
    return Long.parseLong(lost.group(1).replace(",", ""));
  }

  private Path recording() {
    return folder.resolve("recording.jfr");
  }

  private JsonNode report() throws IOException, InterruptedException {
    Path out = folder.resolve("report.json");
    Process process =
        new ProcessBuilder(
                JAVA.toString(),
                "-jar",
                Engine.JAR.toString(),
                "report",
                recording().toString(),
                "--json")
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(LIMIT_S, TimeUnit.SECONDS), "the report does not end");
    return new ObjectMapper().readTree(out.toFile());
  }

  private static JsonNode finding(JsonNode report) {
    return StreamSupport.stream(report.get("findings").spliterator(), false)
        .filter(finding -> finding.get("module").asText().equals("network"))
        .findFirst()
        .orElseThrow();
  }
}
