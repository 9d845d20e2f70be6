package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A contract on a pinned thread: alone on its CPU, and with a competitor there. */
@KernelTest
class CheckIT {
  private static final int CPU = 1;

  // Two real-time tasks in turns each wait half of the time. What else this machine does takes 5 %
  // of the CPU from them (sched_rt_runtime_us, or the fair server of newer kernels).
  private static final String CONTRACT =
      """
      version: 1
      threads:
      - name: sh
        cpus: 1
        policy: rr
        limits:
          runqueue_wait: {rate: 250ms/s}
          major_faults: 0
          sleeps: 0
      """;

  private static final List<String> PINNED =
      List.of("taskset", "-c", "" + CPU, "chrt", "--rr", "1");

  @TempDir Path folder;

  private Process target;
  private Process competitor;

  /** Starts a command; when it returns, it is what runs, and not the tools that put it there. */
  private static Process start(String... command) throws Exception {
    List<String> words = new ArrayList<>(PINNED);
    words.addAll(List.of(command));
    Process process =
        new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Commands.awaitProgram(process, command[0]);
    return process;
  }

  @BeforeEach
  void startTarget() throws Exception {
    target = start("sh", "-c", "while :; do :; done");
    Files.writeString(folder.resolve("contract.yml"), CONTRACT);
  }

  @AfterEach
  void endAll() throws Exception {
    Commands.end(target);
    if (competitor != null) {
      Commands.end(competitor);
    }
  }

  /** Exit code of a check for two seconds; its result is in {@code check.json}. */
  private int check(String... options) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                // Not where it would be what the target waits for.
                "taskset",
                "-c",
                "0",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "check",
                folder.resolve("contract.yml").toString(),
                "--pid",
                "" + target.pid(),
                "--duration",
                "2",
                "--json",
                "--output",
                folder.resolve("check.json").toString()));
    words.addAll(List.of(options));
    Process process = new ProcessBuilder(words).inheritIO().start();
    return process.waitFor();
  }

  private JsonNode clause(String key) throws Exception {
    JsonNode result = new ObjectMapper().readTree(folder.resolve("check.json").toFile());
    for (JsonNode clause : result.get("clauses")) {
      if (clause.get("clause").asText().equals(key)) {
        return clause;
      }
    }
    throw new AssertionError(result.toPrettyString());
  }

  @Test
  void passesAloneAndIsViolatedOrInconclusiveWithACompetitor() throws Exception {
    assertEquals(0, check(), () -> result());
    for (String key : List.of("cpus", "policy", "runqueue_wait", "major_faults", "sleeps")) {
      assertEquals("passed", clause(key).get("outcome").asText(), this::result);
    }

    competitor = start("yes");
    Path xml = folder.resolve("check.xml");
    assertEquals(2, check("--junit-xml", xml.toString()), this::result);
    JsonNode wait = clause("runqueue_wait");
    assertEquals("violated", wait.get("outcome").asText(), this::result);
    String culprit = "yes (pid " + competitor.pid() + ")";
    assertTrue(wait.get("evidence").asText().contains(culprit), this::result);
    assertTrue(wait.get("remedy").asText().contains("taskset"), this::result);
    assertEquals("passed", clause("cpus").get("outcome").asText(), this::result);
    assertTrue(Files.readString(xml).contains("failures=\"1\""), () -> "one test fails");

    assertEquals(4, check("--shared"), this::result);
    wait = clause("runqueue_wait");
    assertEquals("inconclusive", wait.get("outcome").asText(), this::result);
    String excuse = "without " + culprit;
    assertTrue(wait.get("evidence").asText().contains(excuse), this::result);
    assertEquals(2, check("--shared", "--strict"), this::result);
  }

  @Test
  void whatWasNotCapturedIsInconclusive() throws Exception {
    Files.writeString(folder.resolve("contract.yml"), CONTRACT.replace("name: sh", "name: nobody"));
    assertEquals(4, check(), this::result);
    assertFalse(result().contains("\"passed\" : 1"), this::result);
  }

  private String result() {
    try {
      return Files.readString(folder.resolve("check.json"));
    } catch (IOException e) {
      return "no result: " + e;
    }
  }
}
