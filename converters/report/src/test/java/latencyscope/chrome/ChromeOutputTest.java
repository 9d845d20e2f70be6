package latencyscope.chrome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import latencyscope.trace.TraceWriter;
import org.junit.jupiter.api.Test;

class ChromeOutputTest {
  private static List<JsonNode> events(Fixture fixture) throws IOException, RecordingException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TraceWriter.write(fixture.report(), fixture.source(), new ChromeOutput(bytes));
    JsonNode trace =
        new ObjectMapper()
            .enable(
                com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readTree(bytes.toByteArray());
    List<JsonNode> events = new ArrayList<>();
    trace.get("traceEvents").forEach(events::add);
    return events;
  }

  @Test
  void timesAreExactToTheNanosecond() throws IOException, RecordingException {
    ThreadId odd = new ThreadId(4720, "</script>\"\u0001取引", 0);
    Fixture fixture =
        new Fixture().capture("", "").program("demo.TickToTrade", odd, 9_000_000_001L, 1_234_567);
    List<JsonNode> slices =
        events(fixture).stream().filter(e -> e.get("ph").asText().equals("X")).toList();
    assertEquals(1, slices.size());
    assertEquals(new BigDecimal("9000000.001"), slices.get(0).get("ts").decimalValue());
    assertEquals(new BigDecimal("1234.567"), slices.get(0).get("dur").decimalValue());
  }

  /** Readers drop what is before 0. */
  @Test
  void zeroIsTheFirstEvent() throws IOException, RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    List<BigDecimal> times =
        events(Fixture.badDay().program("demo.Warmup", strategy, -2_500_000_000L, 1_000)).stream()
            .filter(event -> event.has("ts"))
            .map(event -> event.get("ts").decimalValue())
            .toList();
    assertEquals(0, times.stream().min(BigDecimal::compareTo).orElseThrow().signum());
  }

  @Test
  void everyRowHasItsName() throws IOException, RecordingException {
    List<JsonNode> events = events(Fixture.badDay());
    List<String> named =
        events.stream()
            .filter(e -> e.get("name").asText().equals("thread_name"))
            .map(e -> e.get("pid") + "/" + e.get("tid"))
            .toList();
    long slices =
        events.stream()
            .filter(e -> "X".equals(e.get("ph").asText()))
            .peek(e -> assertTrue(named.contains(e.get("pid") + "/" + e.get("tid")), e::toString))
            .count();
    assertTrue(slices > 50, "slices: " + slices);
  }
}
