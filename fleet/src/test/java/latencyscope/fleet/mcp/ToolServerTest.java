package latencyscope.fleet.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.fleet.Recordings;
import latencyscope.fleet.export.Exporter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, asked by the SDK's client, and by hand. */
class ToolServerTest {
  @TempDir private Path directory;
  private Path folder;

  @BeforeEach
  void recordingsAndTables() throws Exception {
    folder = Files.createDirectory(directory.resolve("archive"));
    Path run = Recordings.write(folder.resolve("run.jfr"), Recordings.contended());
    Recordings.write(folder.resolve("later.jfr"), Recordings.later(Recordings.contended(), 1));
    try (Exporter exporter =
        new Exporter(folder.resolve("tables"), new Exporter.Options("engine1", -1, null))) {
      exporter.export(run);
    }
    Recordings.write(directory.resolve("outside.jfr"), Recordings.contended());
    Files.createSymbolicLink(folder.resolve("link.jfr"), directory.resolve("outside.jfr"));
  }

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        "latencyscope.cli.Main",
        "mcp",
        folder.toString());
  }

  private static String text(McpSchema.CallToolResult result) {
    return ((McpSchema.TextContent) result.content().get(0)).text();
  }

  private static String answer(McpSyncClient client, String tool, Map<String, Object> arguments) {
    McpSchema.CallToolResult result = call(client, tool, arguments);
    assertFalse(result.isError(), text(result));
    return text(result);
  }

  private static String refusal(McpSyncClient client, String tool, Map<String, Object> arguments) {
    McpSchema.CallToolResult result = call(client, tool, arguments);
    assertTrue(result.isError(), text(result));
    return text(result);
  }

  private static McpSchema.CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(McpSchema.CallToolRequest.builder(tool).arguments(arguments).build());
  }

  @Test
  void aClientAsksAndGetsAnswers() throws Exception {
    List<String> said = new ArrayList<>();
    StdioClientTransport transport =
        new StdioClientTransport(
            ServerParameters.builder(command().get(0))
                .args(command().subList(1, command().size()))
                .build(),
            new JacksonMcpJsonMapper(new ObjectMapper()));
    transport.setStdErrorHandler(said::add);
    JsonSchemaValidator unchecked =
        (schema, content) -> JsonSchemaValidator.ValidationResponse.asValid(null);
    try (McpSyncClient client =
        McpClient.sync(transport)
            .jsonSchemaValidator(unchecked)
            .requestTimeout(Duration.ofSeconds(60))
            .build()) {
      assertEquals("LatencyScope", client.initialize().serverInfo().name());
      assertEquals(
          List.of("recordings", "report", "explain", "diff", "tables", "query", "fleet"),
          client.listTools().tools().stream().map(McpSchema.Tool::name).toList());
      answers(client);
      refusals(client);
      nothingListens();
    }
    assertEquals(List.of(), said);
  }

  private static void answers(McpSyncClient client) {
    String recordings = answer(client, "recordings", Map.of());
    assertEquals("tables: tables\nlater.jfr, 1.2 MB\nrun.jfr, 1.2 MB\n", recordings);
    String report = answer(client, "report", Map.of("recording", "run.jfr"));
    assertTrue(report.contains("What cost most:"), report);
    String details = answer(client, "report", Map.of("recording", "run.jfr", "details", true));
    assertTrue(details.length() > 2 * report.length(), details);
    String slowest =
        answer(client, "query", Map.of("folder", "tables", "sql", "SELECT event FROM stalls"));
    String event = slowest.lines().skip(1).findFirst().orElseThrow();
    String explained =
        answer(client, "explain", Map.of("recording", "run.jfr", "event", event, "top", 1));
    assertTrue(explained.contains("%"), explained);
    String diff = answer(client, "diff", Map.of("before", "run.jfr", "after", "later.jfr"));
    assertTrue(diff.contains("run.jfr") || diff.contains("BEFORE"), diff);
    assertTrue(answer(client, "tables", Map.of()).contains("bucket_upper_ns BIGINT"));
    assertEquals(
        "range\r\n0\r\n1\r\n… and more rows\n",
        answer(client, "query", Map.of("folder", "tables", "sql", "FROM range(9)", "rows", 2)));
    String fleet = answer(client, "fleet", Map.of("folder", "tables"));
    assertTrue(fleet.startsWith("Fleet: 1 host, 1 day, 1 capture\n"), fleet);
    String cut =
        answer(
            client,
            "query",
            Map.of("folder", "tables", "sql", "SELECT repeat('x', 900) FROM range(99)"));
    assertTrue(cut.length() < BoundedText.MOST_BYTES + 200, "bounded");
    assertTrue(cut.contains("… cut here"), cut);
  }

  private void refusals(McpSyncClient client) {
    for (String outside :
        List.of("../outside.jfr", "link.jfr", directory.resolve("outside.jfr").toString())) {
      String refused = refusal(client, "report", Map.of("recording", outside));
      assertTrue(refused.contains("outside the folder"), refused);
    }
    assertTrue(refusal(client, "report", Map.of("recording", "no.jfr")).contains("does not exist"));
    assertTrue(refusal(client, "report", Map.of()).contains("recording is missing"));
    assertTrue(refusal(client, "report", Map.of("file", "run.jfr")).contains("give recording"));
    assertTrue(
        refusal(client, "explain", Map.of("recording", "run.jfr", "thread", "x", "top", 0))
            .contains("from 1 to"));
    String other = "SELECT * FROM read_blob('" + directory.resolve("outside.jfr") + "')";
    refusal(client, "query", Map.of("folder", "tables", "sql", other));
    refusal(client, "query", Map.of("folder", "tables", "sql", "DROP VIEW captures"));
    assertTrue(refusal(client, "query", Map.of("sql", "SELECT 1")).contains("holds no tables"));
  }

  private static void nothingListens() throws IOException {
    List<ProcessHandle> servers = ProcessHandle.current().children().toList();
    assertFalse(servers.isEmpty());
    for (ProcessHandle server : servers) {
      try (Stream<Path> open = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
        for (Path descriptor : open.toList()) {
          String target = Files.readSymbolicLink(descriptor).toString();
          assertFalse(target.startsWith("socket:"), target);
        }
      }
    }
  }

  @Test
  void itEndsWithItsClientAndAfterWhatIsNoJson() throws Exception {
    for (String last : List.of("", "no JSON\n")) {
      Process server =
          new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      // Not closed with the test: that is what is tested.
      OutputStream out = server.getOutputStream();
      try (BufferedReader in = server.inputReader(StandardCharsets.UTF_8)) {
        out.write(
            ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
                    + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}\n")
                .getBytes(StandardCharsets.UTF_8));
        out.flush();
        JsonNode answer = new ObjectMapper().readTree(in.readLine());
        assertEquals("2025-06-18", answer.at("/result/protocolVersion").asText());
        if (last.isEmpty()) {
          out.close();
        } else {
          out.write(last.getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
        assertTrue(server.waitFor(30, TimeUnit.SECONDS), "ends");
        assertEquals(0, server.exitValue());
      } finally {
        server.destroyForcibly();
      }
    }
  }
}
