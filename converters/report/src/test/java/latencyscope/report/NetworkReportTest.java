package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Set;
import latencyscope.Golden;
import latencyscope.analysis.Report;
import latencyscope.recording.NetworkFixture;
import org.junit.jupiter.api.Test;

class NetworkReportTest {
  private static final Style STYLE = new Style(80, false, false, ZoneId.of("UTC"));

  @Test
  void badDay() throws IOException {
    Report report = NetworkFixture.badDay().report();
    Golden.check("network-bad-day.txt", TextReport.of(report, STYLE));
    Golden.check("network-bad-day.json", JsonReport.of(report));
  }

  @Test
  void goodDay() throws IOException {
    Golden.check("network-good-day.txt", TextReport.of(NetworkFixture.goodDay().report(), STYLE));
  }

  @Test
  void fitsItsSchema() throws IOException {
    String text = Files.readString(Path.of("..", "..", "docs", "report.schema.json"));
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
    for (NetworkFixture fixture :
        new NetworkFixture[] {
          NetworkFixture.badDay(), NetworkFixture.goodDay(), NetworkFixture.withoutProbes()
        }) {
      String json = JsonReport.of(fixture.report());
      assertEquals(Set.of(), schema.validate(new ObjectMapper().readTree(json)));
    }
  }
}
