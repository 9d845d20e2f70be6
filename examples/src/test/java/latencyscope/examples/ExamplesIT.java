package latencyscope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three outcomes of a contract on a test, in a JVM of its own with the agent. */
@KernelTest
class ExamplesIT {
  @TempDir Path folder;

  private static final Path JAR = Path.of("..", "agent", "target", "latencyscope.jar");

  private static String run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            RunExamples.class.getName(),
            "example.EngineContractTest"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /** What each test printed, by its name and outcome. */
  private static Map<String, String> outcomes(String output) {
    Map<String, String> byTest = new TreeMap<>();
    for (String part : output.split("(?m)^== ")) {
      int line = part.indexOf('\n');
      if (line > 0) {
        byTest.put(part.substring(0, line).replace("()", ""), part.substring(line + 1));
      }
    }
    return byTest;
  }

  @Test
  void oneTestPassesOneFailsAndOneIsInconclusive() throws Exception {
    Map<String, String> outcomes =
        outcomes(run("-javaagent:" + JAR, "--enable-native-access=ALL-UNNAMED"));
    assertEquals(
        List.of(
            "failsWhereTheFeedSleeps FAILED",
            "isInconclusiveWhereTheThreadIsMissing ABORTED",
            "passesWhereTheFeedSpins SUCCESSFUL"),
        List.copyOf(outcomes.keySet()),
        outcomes::toString);
    String failure = outcomes.get("failsWhereTheFeedSleeps FAILED");
    assertTrue(failure.contains("VIOLATED feed sleeps max 0"), failure);
    assertTrue(failure.contains("Where the time of the worst violation went"), failure);
    assertTrue(failure.contains("feed (tid "), failure);
    String reason = outcomes.get("isInconclusiveWhereTheThreadIsMissing ABORTED");
    assertTrue(reason.contains("no thread named strategy"), reason);
  }

  /** The same script as in CI, which compares the exit codes itself. */
  @Test
  void aJobShowsTheThreeOutcomes() throws Exception {
    Path summary = folder.resolve("summary.md");
    ProcessBuilder job = new ProcessBuilder("./ci.sh").redirectErrorStream(true);
    job.environment().put("GITHUB_STEP_SUMMARY", summary.toString());
    job.environment().put("LATENCYSCOPE_JAR", JAR.toRealPath().toString());
    Process process = job.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("::error file=examples/contracts/violated.yml"), output);
    String shown = Files.readString(summary);
    for (String outcome : List.of("passed", "**violated**", "inconclusive")) {
      assertTrue(shown.contains("| " + outcome + " |"), shown);
    }
  }

  @Test
  void withoutTheAgentAllAreAbortedWithTheReason() throws Exception {
    Map<String, String> outcomes = outcomes(run());
    assertEquals(3, outcomes.size());
    outcomes.forEach((test, reason) -> {
      assertTrue(test.endsWith(" ABORTED"), test);
      assertTrue(reason.contains("this JVM has no LatencyScope agent"), reason);
    });
  }
}
