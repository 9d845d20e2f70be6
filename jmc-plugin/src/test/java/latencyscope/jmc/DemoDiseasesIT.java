package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/**
 * The demo engine with each of its diseases and with none: what Mission Control says of the
 * recording is what the command line says, finding by finding.
 */
@Tag("packed-jar")
class DemoDiseasesIT {
  @TempDir Path folder;

  @BeforeAll
  static void needsTheKernel() {
    Kernel.required();
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
    String json = Kernel.json(folder, recording);
    Judged judged = Judged.of(recording);
    SameNumbers.assertSame(recording, json, judged);
    // Modules are loaded one after the other: the kernel's own count begins with that of
    // interrupts.
    JsonNode irq = new ObjectMapper().readTree(json).path("irq");
    assertTrue(irq.path("irq_count_by_kernel").isNumber(), irq::toString);
    assertFalse(json.contains("Cross-check"), json);
    if (!disease.equals("gc")) {
      // The collector's threads may have run on the CPU that is not captured: then both say N/A.
      assertNotEquals(Severity.NA, judged.result(module).getSeverity());
    }
    if (!disease.equals("none") && !disease.equals("gc")) {
      assertTrue(judged.findings().containsKey(module), json);
      assertNotEquals(Severity.OK, judged.result(module).getSeverity());
    }
    // A JVM of its own, which reads the recording once more: what is written out is the same for
    // all.
    if (disease.equals("competitor")) {
      String report = PlugIn.report(PlugIn.THIS_JAVA, folder, recording);
      for (KernelFinding finding : judged.result(module).getResult(KernelRule.WORST_FINDINGS)) {
        assertTrue(report.contains(finding.finding().title()), finding::toString);
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
                    + Kernel.RELEASED
                    + "=start=latencyscope,cpus="
                    + (Runtime.getRuntime().availableProcessors() - 1)
                    + ",file="
                    + recording,
                "-cp",
                Kernel.RELEASED.toString(),
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
