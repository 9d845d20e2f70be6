package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.CpuQuotaGroup;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.EveryModuleWorkload;
import latencyscope.truth.workload.HarmedEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each limit on threads that really suffered what it limits: violated by one bound, kept by another
 * one, and inconclusive where the capture is shorter than the contract wants. Device interrupts,
 * which no test can ask for, are left to ClauseOutcomesTest and TuneIT, as is time that a
 * hypervisor takes to NoiseTest.
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
  private static final Path CLOCK =
      Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

  @TempDir Path folder;

  private void recordEveryModule() throws Exception {
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

  private void recordHarmed() throws Exception {
    try (CpuQuotaGroup group = CpuQuotaGroup.of("latencyscope-clauses", 20_000, 100_000);
        Engine engine =
            Launch.of(HarmedEngine.class, folder.resolve("end.jfr").toString())
                .withAgent("modules=all")
                .with("-XX:+UseSerialGC", "-Xmx600m")
                .start(folder.resolve("stderr.txt"))) {
      group.add(Long.parseLong(engine.await("spinning")));
      engine.say("");
      engine.await("done");
      assertEquals(0, engine.finish());
    }
  }

  /** Each clause's outcome and evidence, by its key, in the recording. */
  private Map<String, String> check(String contract) throws Exception {
    Path file = Files.writeString(folder.resolve("contract.yml"), "version: 1\n" + contract);
    List<String> command =
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
            folder.resolve("check.json").toString());
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

  private Map<String, String> suffering(String bound, String more) throws Exception {
    StringBuilder contract = new StringBuilder("environment: dedicated\n" + more + "threads:\n");
    SUFFERING.forEach((measure, thread) ->
        contract.append(
            "- name: \"" + thread + "\"\n  limits:\n    " + measure + ": " + bound + "\n"));
    return check(contract.toString());
  }

  private static void assertAll(String outcome, Map<String, String> outcomes) {
    Map<String, String> other = new TreeMap<>(outcomes);
    other.values().removeIf(text -> text.startsWith(outcome + " "));
    assertEquals(Map.of(), other, "not " + outcome);
  }

  @Test
  void eachLimitHasItsThreeOutcomes() throws Exception {
    recordEveryModule();
    Map<String, String> violated = suffering("0", "");
    assertAll("violated", violated);
    assertEquals(SUFFERING.keySet(), violated.keySet());
    assertAll("passed", suffering("1_000_000", ""));
    assertAll("inconclusive", suffering("1_000_000", "minimum_time: 60m\n"));
  }

  private static String limits(String wait, String safepoints, int drops) {
    return """
    threads:
    - name: limited
      limits:
        runqueue_wait: {max: %s}
        time_to_safepoint: {max: %s}
        drops: %d
    """
        .formatted(wait, safepoints, drops);
  }

  @Test
  void limitsOnTheProcessAndTheQuotaHaveTheirOutcomes() throws Exception {
    recordHarmed();
    // A quarter of what is sent is far more than such a socket takes in. The quota stops the thread
    // for up to 80 ms, others keep it waiting for less than half of that.
    String broken = limits("40ms", "1ms", HarmedEngine.DATAGRAMS / 4);
    assertAll("violated", check("environment: dedicated\n" + broken));
    assertAll("passed", check(limits("10s", "10s", HarmedEngine.DATAGRAMS)));
    assertAll("inconclusive", check("minimum_time: 60m\n" + limits("10s", "10s", 1_000)));

    Map<String, String> withoutBlame = check(broken);
    String wait = withoutBlame.remove("runqueue_wait");
    assertTrue(wait.startsWith("inconclusive ") && wait.contains("quota"), wait);
    assertAll("violated", withoutBlame);
    hostHasItsOutcomes();
  }

  /** What the host is, something else, and something that it does not tell. */
  private void hostHasItsOutcomes() throws Exception {
    String pages = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
    String now = pages.substring(pages.indexOf('[') + 1, pages.indexOf(']'));
    String other = now.equals("never") ? "always" : "never";
    String clock = Files.readString(CLOCK).strip();
    assertAll(
        "passed", check("host:\n  thp: [" + other + ", " + now + "]\n  clocksource: " + clock));
    assertAll(
        "violated",
        check("host:\n  thp: " + other + "\n  clocksource: abacus\n  irq_avoid: 0-1\n"));
    Map<String, String> unknown = new TreeMap<>();
    if (!Files.exists(Path.of("/sys/devices/system/cpu/cpu0/cpufreq"))) {
      unknown.putAll(check("host:\n  governor: performance\n"));
      assertEquals(Set.of("governor"), unknown.keySet());
    }
    assertAll("inconclusive", unknown);
  }
}
