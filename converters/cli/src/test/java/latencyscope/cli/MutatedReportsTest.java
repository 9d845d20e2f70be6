package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import latencyscope.cli.console.Machine;
import latencyscope.recording.EngineRecording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON reports that somebody changed, or that ended early: compared, or one sentence. */
class MutatedReportsTest {
  private static final int REPORTS = Integer.getInteger("mutations", 200);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String[] INSTEAD = {
    "null", "-1", "0", "1e300", "9223372036854775807", "\"\"", "\"text\"", "true", "[]", "{}", "[7]"
  };

  @TempDir static Path directory;

  private static Path good;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void report() throws IOException {
    Path recording = Files.write(directory.resolve("engine.jfr"), EngineRecording.bytes());
    good = directory.resolve("good.json");
    new MutatedReportsTest().run("report", recording.toString(), "-o", good.toString());
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), Machine.LOCAL, arguments);
  }

  private void assertSound(long seed, Path changed) {
    for (String[] command :
        new String[][] {
          {"diff", good.toString(), changed.toString()},
          {"diff", changed.toString(), good.toString(), "--json"},
          {"diff", good.toString(), changed.toString(), "--limit", "isolation.p99_runqueue_ns=1"}
        }) {
      int code = run(command);
      String said = "seed " + seed + ": " + err.toString(StandardCharsets.UTF_8);
      assertTrue(code >= 0 && code <= 3, said);
      assertFalse(said.contains("internal error"), said);
      assertEquals(code == 3 ? 1 : 0, err.toString(StandardCharsets.UTF_8).lines().count(), said);
      assertEquals(code == 3, out.size() == 0, said);
    }
  }

  @Test
  void anyValueMayBeAnother() throws IOException {
    Path changed = directory.resolve("changed.json");
    for (long seed = 1; seed <= REPORTS; seed++) {
      Random random = new Random(seed);
      JsonNode report = MAPPER.readTree(good.toFile());
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        change(report, random);
      }
      MAPPER.writeValue(changed.toFile(), report);
      assertSound(seed, changed);
    }
  }

  /** Goes down at random, and puts something else in the place of what it finds. */
  private static void change(JsonNode report, Random random) throws IOException {
    JsonNode node = report;
    while (true) {
      JsonNode instead = MAPPER.readTree(INSTEAD[random.nextInt(INSTEAD.length)]);
      boolean here = random.nextInt(4) == 0;
      JsonNode child;
      if (node instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        child = object.get(name);
        if (here || child instanceof ValueNode) {
          object.set(name, instead);
          return;
        }
      } else if (node instanceof ArrayNode array && !array.isEmpty()) {
        int index = random.nextInt(array.size());
        child = array.get(index);
        if (here || child instanceof ValueNode) {
          array.set(index, instead);
          return;
        }
      } else {
        return;
      }
      node = child;
    }
  }

  @Test
  void aReportMayEndAnywhere() throws IOException {
    byte[] whole = Files.readAllBytes(good);
    Path cut = directory.resolve("cut.json");
    for (int length : new int[] {0, 1, 2, 100, whole.length / 2, whole.length - 2}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertEquals(3, run("diff", good.toString(), cut.toString()));
      String said = err.toString(StandardCharsets.UTF_8);
      assertTrue(said.contains(length == 0 ? "is empty" : "is not a complete report"), said);
    }
  }
}
