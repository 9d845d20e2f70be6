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
import latencyscope.recording.Fixture;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.Recording;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.event.Distribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {
  @TempDir Path directory;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json(Report report) throws IOException {
    return MAPPER.readTree(JsonReport.of(report));
  }

  private static JsonSchema schema() throws IOException {
    String text = Files.readString(Path.of("..", "..", "docs", "report.schema.json"));
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

  /** Of 80,047 waits, the one of rank ⌈0.99999 × 80,047⌉ is the longest. */
  @Test
  void aPercentileIsTheNearestRankOfWhatWasMeasured() throws IOException {
    JsonNode isolation = json(Fixture.badDay().report()).get("isolation");
    long max = isolation.get("max_runqueue_ns").longValue();
    assertEquals(max, isolation.get("p99_999_runqueue_ns").longValue());
    assertEquals(max, isolation.get("runqueue_p99_999_ns").longValue());
    assertEquals(isolation.get("p99_runqueue_ns"), isolation.get("runqueue_p99_ns"));
    JsonNode resolution = isolation.at("/resolution/runqueue");
    assertEquals(80_047, resolution.get("occurrences").longValue());
    assertEquals(99.99625, resolution.get("resolved_percent").doubleValue(), 1e-5);
    assertTrue(
        resolution.get("p99_upper_95_ns").longValue()
            >= isolation.get("p99_runqueue_ns").longValue());
    assertEquals(
        "no 95 % upper bound: P99.999 requires 299,572 occurrences",
        resolution.get("p99_999_upper_95_ns").textValue());
  }

  /** Gates as users write them, with the tool that they use: jq takes null for less than 1000. */
  @Test
  void noGateOpensBecauseNobodyLooked() throws Exception {
    Fixture withoutIsolation = new Fixture().capture("irq", "", "");
    for (Report report :
        List.of(
            new Fixture().capture("", "").report(), // no probe counted anything
            withoutIsolation.report())) {
      for (String key :
          List.of(
              ".isolation.p99_999_runqueue_ns",
              ".isolation.runqueue_p99_999_ns",
              ".isolation.max_runqueue_ns",
              ".isolation.runqueue_count",
              ".isolation.resolution.runqueue.p99_upper_95_ns",
              ".memory.minor_fault_count")) {
        assertEquals(1, jq(key + " < 1000", report), key);
        assertEquals(1, jq(key + " < 1e18", report), key);
      }
      assertEquals(Set.of(), schema().validate(json(report)));
    }
  }

  /** A pinned thread on a quiet host waits rarely: a gate is to pass there, and fail elsewhere. */
  @Test
  void aGatePassesOnAQuietHostAndFailsOnADisturbedOne() throws Exception {
    for (String key : List.of(".isolation.p99_999_runqueue_ns", ".isolation.runqueue_p99_999_ns")) {
      assertEquals(0, jq(key + " < 1000", Fixture.quickWaits(777).report()), key);
      assertEquals(1, jq(key + " < 140", Fixture.quickWaits(777).report()), key);
      assertEquals(0, jq(key + " == 0", Fixture.quickWaits(0).report()), key);
      assertEquals(1, jq(key + " < 1000", Fixture.badDay().report()), key);
    }
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
    String reason = "the recording does not say that a probe of module isolation was attached";
    for (String key :
        List.of("involuntary_switches", "runqueue_count", "migrations_by_cause/numa")) {
      assertEquals(reason, report.at("/isolation/" + key).textValue(), key);
    }
    assertEquals(4, report.get("not_measured_count").asInt());
    Recording recording = uncounted.recording();
    assertTrue(recording.counters("isolation").total("voluntary_switches").isEmpty());
  }
}
