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
import java.util.Set;
import latencyscope.Golden;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.Fixture;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.Recording;
import latencyscope.recording.SyscallFixture;
import org.junit.jupiter.api.Test;

class JsonReportTest {
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
  void whatWasNotMeasuredIsNullAndHasAReason() throws IOException {
    JsonNode report = json(Fixture.badDay().report());
    assertTrue(report.at("/isolation/p99_999_runqueue_ns").isNull());
    assertEquals(
        "not resolvable: P99.999 takes 300,000 occurrences, there were 80,047",
        report.get("unavailable").get("isolation.p99_999_runqueue_ns").asText());
    assertEquals(report.at("/isolation/p99_runqueue_ns"), report.at("/isolation/runqueue_p99_ns"));
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
