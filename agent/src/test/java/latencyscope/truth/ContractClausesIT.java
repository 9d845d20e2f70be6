package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.EveryModuleWorkload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each limit on threads that really suffered what it limits: violated by one bound, kept by another
 * one, and inconclusive where the capture is shorter than the contract wants. Safepoints, device
 * interrupts and full sockets, which this engine does not provoke, are left to ClauseOutcomesTest
 * and TuneIT.
 */
@KernelTest
class ContractClausesIT {
  /** Who suffers it, and how much of it this engine provokes. */
  private static final Map<String, String> SUFFERING =
      new TreeMap<>(
          Map.of(
              "runqueue_wait", "spinner",
              "preemptions", "spinner",
              "migrations", "spinner",
              "stolen_time", "spinner",
              "major_faults", "cold-reader",
              "minor_faults", "toucher",
              "sleeps", "napper",
              "blocking_calls", "pipe-reader",
              "locks", "*"));

  private static final int PAGE = 4096;

  @TempDir Path folder;

  @BeforeEach
  void record() throws Exception {
    Path cold = folder.resolve("cold.bin");
    Files.write(cold, new byte[EveryModuleWorkload.COLD_PAGES * PAGE]);
    Commands.output(
        "dd", "of=" + cold, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none");
    try (Engine engine =
        Launch.of(EveryModuleWorkload.class, folder.toString(), cold.toString())
            .withAgent("modules=all")
            .with("--enable-native-access=ALL-UNNAMED")
            .start(folder.resolve("stderr.txt"))) {
      engine.await("done");
    }
  }

  private Map<String, String> outcomes(String bound, String more) throws Exception {
    StringBuilder contract = new StringBuilder("version: 1\nenvironment: dedicated\n" + more);
    contract.append("threads:\n");
    SUFFERING.forEach((measure, thread) ->
        contract.append(
            "- name: \"" + thread + "\"\n  limits:\n    " + measure + ": " + bound + "\n"));
    Path file = Files.writeString(folder.resolve("contract.yml"), contract);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Engine.JAR.toString(),
                "check",
                file.toString(),
                folder.resolve("end.jfr").toString(),
                "--json",
                "--output",
                folder.resolve("check.json").toString()));
    new ProcessBuilder(command).inheritIO().start().waitFor();
    JsonNode result = new ObjectMapper().readTree(folder.resolve("check.json").toFile());
    Map<String, String> outcomes = new TreeMap<>();
    for (JsonNode clause : result.get("clauses")) {
      outcomes.put(
          clause.get("clause").asText(),
          clause.get("outcome").asText() + " " + clause.get("evidence").asText());
    }
    return outcomes;
  }

  private static void assertAll(String outcome, Map<String, String> outcomes) {
    Map<String, String> other = new TreeMap<>(outcomes);
    other.values().removeIf(text -> text.startsWith(outcome + " "));
    assertEquals(Map.of(), other, "not " + outcome);
    assertEquals(SUFFERING.keySet(), outcomes.keySet());
  }

  @Test
  void eachLimitHasItsThreeOutcomes() throws Exception {
    assertAll("violated", outcomes("0", ""));
    assertAll("passed", outcomes("1_000_000", ""));
    assertAll("inconclusive", outcomes("1_000_000", "minimum_time: 60m\n"));
  }
}
