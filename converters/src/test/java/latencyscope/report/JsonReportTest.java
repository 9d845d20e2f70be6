package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import latencyscope.Golden;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.Distribution;
import latencyscope.recording.Fixture;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.Recording;
import latencyscope.recording.SyscallFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {
  @TempDir Path directory;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json(Report report) throws IOException {
    return MAPPER.readTree(JsonReport.of(report));
  }

  private static JsonSchema schema() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "report.schema.json"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
  }

  @Test
  void badDay() throws IOException {
    Report report = Fixture.badDay().report(new Limit("isolation.p99_999_runqueue_ns", 1_000));
    Golden.check("bad-day.json", JsonReport.of(report));
  }

  @Test
  void badDayOfMemory() throws IOException {
    Report report = MemoryFixture.badDay().report(new Limit("memory.fault_p99_ns", 1_000));
    Golden.check("bad-memory.json", JsonReport.of(report));
  }

  @Test
  void fitsItsSchema() throws IOException {
    for (Report report :
        new Report[] {
          Fixture.badDay().report(new Limit("isolation.p99_runqueue_ns", 1_000.5)),
          Fixture.goodDay().report(),
          SyscallFixture.badDay().report(),
          new SyscallFixture("").report(new Limit("syscall.contended_wait_count", 0)),
          MemoryFixture.badDay().report(new Limit("memory.major_fault_count", 0)),
          MemoryFixture.withoutProbes().report(),
          new Fixture().add("Counter", "module", "isolation", "measure", "x").report()
        }) {
      assertEquals(Set.of(), schema().validate(json(report)));
    }
  }

  @Test
  void schemaNoticesAMissingKey() throws IOException {
    JsonNode report = json(Fixture.badDay().report());
    ((ObjectNode) report.get("isolation")).remove("p99_999_runqueue_ns");
    assertFalse(schema().validate(report).isEmpty());
  }

  @Test
  void aPercentileThatCannotBeToldIsItsReason() throws IOException {
    JsonNode report = json(Fixture.badDay().report());
    String reason = "not resolvable: P99.999 takes 300,000 occurrences, there were 80,047";
    assertEquals(reason, report.at("/isolation/p99_999_runqueue_ns").textValue());
    assertEquals(reason, report.at("/isolation/runqueue_p99_999_ns").textValue());
    assertEquals(reason, report.get("unavailable").get("isolation.p99_999_runqueue_ns").asText());
    assertEquals(report.at("/isolation/p99_runqueue_ns"), report.at("/isolation/runqueue_p99_ns"));
  }

  /** Gates as users write them, with the tool that they use: jq takes null for less than 1000. */
  @Test
  void noGateOpensBecauseNobodyLooked() throws Exception {
    Fixture withoutIsolation = new Fixture().capture("irq", "", "");
    for (Report report :
        List.of(
            Fixture.badDay().report(), // too few for P99.999
            new Fixture().capture("", "").report(), // no probe counted anything
            withoutIsolation.report())) {
      for (String key :
          List.of(".isolation.p99_999_runqueue_ns", ".isolation.runqueue_p99_999_ns")) {
        assertEquals(1, jq(key + " < 1000", report), key);
        assertEquals(1, jq(key + " < 1e18", report), key);
      }
      assertEquals(Set.of(), schema().validate(json(report)));
    }
  }

  @Test
  void aGateOpensWhereEnoughWasMeasured() throws Exception {
    Report report = Fixture.quickWaits(300_000).report();
    for (String key : List.of(".isolation.p99_999_runqueue_ns", ".isolation.runqueue_p99_999_ns")) {
      assertEquals(0, jq(key + " < 1000", report), key);
      assertEquals(1, jq(key + " < 140", report), key);
    }
    assertEquals(1, jq(".isolation.p99_999_runqueue_ns < 1000", Fixture.quickWaits(99).report()));
  }

  private int jq(String filter, Report report) throws Exception {
    Path file = directory.resolve("results.json");
    Files.writeString(file, JsonReport.of(report));
    Process process =
        new ProcessBuilder("jq", "-e", filter, file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return process.exitValue();
  }

  @Test
  void distributionsAreComplete() throws IOException {
    JsonNode waits = json(Fixture.badDay().report()).get("distributions").get(0);
    Distribution read =
        Distribution.decoded(
            waits.get("count").asLong(),
            waits.get("total_ns").asLong(),
            waits.get("max_ns").asLong(),
            waits.get("unbinned").asLong(),
            waits.get("hdr").asText());
    Distribution written =
        Fixture.badDay().report().modules().get(1).quantiles().get(0).distribution();
    assertEquals(written.count(), read.count());
    for (double percent : new double[] {1, 50, 99, 99.9, 99.99}) {
      assertEquals(written.percentile(percent), read.percentile(percent));
    }
  }

  @Test
  void nothingIsCalledZeroThatNobodyCounted() throws IOException {
    Fixture uncounted = new Fixture().capture("", "");
    JsonNode report = json(uncounted.report());
    assertTrue(report.at("/isolation/involuntary_switches").isNull());
    assertTrue(report.at("/isolation/runqueue_count").isNull());
    assertTrue(report.at("/isolation/migrations_by_cause/numa").isNull());
    assertTrue(report.get("has_warnings").asBoolean());
    Recording recording = uncounted.recording();
    assertTrue(recording.counters("isolation").total("voluntary_switches").isEmpty());
  }
}
