package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/**
 * The demo engine with each of its diseases and with none: what Mission Control says of the
 * recording is what the command line says, finding by finding.
 */
class DemoDiseasesIT {
  private static final Path RELEASED =
      Path.of("..", "agent", "target", "latencyscope.jar").toAbsolutePath().normalize();

  @TempDir Path folder;

  @BeforeAll
  static void needsTheKernel() {
    boolean able = "root".equals(System.getProperty("user.name"));
    if (!able && "1".equals(System.getenv("LATENCYSCOPE_REQUIRE_KERNEL"))) {
      throw new AssertionError("only root loads programs into the kernel");
    }
    assumeTrue(able, "only root loads programs into the kernel");
    assertTrue(Files.isRegularFile(RELEASED), RELEASED + ": build the module agent first");
  }

  @ParameterizedTest
  @CsvSource({
    "competitor, isolation",
    "cold-journal, memory",
    "lock-handoff, syscall",
    "sleeps, syscall",
    "munmap-storm, memory",
    "packet-loss, network",
    "gc, jvm",
    "none, capture"
  })
  void missionControlAndTheCommandLineSayTheSame(String disease, String module) throws Exception {
    Path recording = record(disease);
    String json =
        PlugIn.run(
            folder,
            List.of(
                PlugIn.THIS_JAVA.toString(),
                "-jar",
                RELEASED.toString(),
                "report",
                recording.toString(),
                "--json"));
    Map<String, List<Map<String, String>>> expected =
        Judged.findings(new ObjectMapper().readTree(json));
    Judged judged = Judged.of(recording);
    assertEquals(expected, judged.findings());
    assertNotEquals(Severity.NA, judged.result(module).getSeverity());
    if (!disease.equals("none") && !disease.equals("gc")) {
      assertTrue(expected.containsKey(module), json);
      assertNotEquals(Severity.OK, judged.result(module).getSeverity());
    }
    String report = PlugIn.report(PlugIn.THIS_JAVA, folder, recording);
    for (List<Map<String, String>> findings : expected.values()) {
      for (Map<String, String> finding : findings) {
        assertTrue(report.contains(finding.get("title")), finding::toString);
      }
    }
  }

  private Path record(String disease) throws Exception {
    Path recording = folder.resolve("recording.jfr");
    List<String> command =
        new ArrayList<>(
            List.of(
                PlugIn.THIS_JAVA.toString(),
                "-javaagent:"
                    + RELEASED
                    + "=start=latencyscope,cpus="
                    + (Runtime.getRuntime().availableProcessors() - 1)
                    + ",file="
                    + recording,
                "-cp",
                RELEASED.toString(),
                "demo.TradingEngine",
                "--opens-when=latencyscope.state=capturing|failed",
                "--seconds",
                "3"));
    if (!disease.equals("none")) {
      command.add("--" + disease);
    }
    PlugIn.run(folder, command);
    return recording;
  }
}
