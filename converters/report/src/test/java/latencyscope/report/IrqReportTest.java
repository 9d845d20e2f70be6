package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Set;
import latencyscope.Golden;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.IrqFixture;
import org.junit.jupiter.api.Test;

/** What is written of interrupts. */
class IrqReportTest {
  private static JsonNode json(Report report) throws IOException {
    return new ObjectMapper().readTree(JsonReport.of(report));
  }

  private static JsonSchema schema() throws IOException {
    String text = Files.readString(Path.of("..", "..", "docs", "report.schema.json"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
  }

  @Test
  void badDayAsText() throws IOException {
    Report report = IrqFixture.badDay().report();
    assertEquals(2, report.exitCode());
    Style style = new Style(80, false, false, ZoneId.of("UTC"));
    Golden.check("bad-irq.txt", TextReport.of(report, style));
  }

  @Test
  void badDayAsJson() throws IOException {
    Report report = IrqFixture.badDay().report(new Limit("irq.max_irq_duration_ns", 5_000));
    Golden.check("bad-irq.json", JsonReport.of(report));
  }

  @Test
  void fitsTheSchema() throws IOException {
    for (Report report :
        new Report[] {
          IrqFixture.badDay().report(),
          IrqFixture.goodDay().report(),
          IrqFixture.withoutProbes().report()
        }) {
      assertEquals(Set.of(), schema().validate(json(report)));
    }
  }

  @Test
  void schemaNoticesAMissingKey() throws IOException {
    JsonNode report = json(IrqFixture.badDay().report());
    ((ObjectNode) report.get("irq")).remove("stolen_ns");
    assertFalse(schema().validate(report).isEmpty());
  }

  @Test
  void nothingIsCalledZeroThatNobodyCounted() throws IOException {
    JsonNode report = json(IrqFixture.withoutProbes().report());
    String reason = "the recording holds no Histogram event of module irq";
    assertEquals(reason, report.at("/irq/total_irq_count").textValue());
    assertEquals(reason, report.at("/irq/stolen_ns").textValue());
    assertEquals(reason, report.get("unavailable").get("irq.stolen_ns").asText());
  }
}
