package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import latencyscope.Golden;
import latencyscope.alpha.CostRate;
import latencyscope.analysis.Report;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class TraceWriterTest {
  static Report priced(Fixture fixture) throws RecordingException {
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    return fixture.report().withCosts(costs.report(new CostRate(1e6, 0.5), fixture.recording()));
  }

  @Test
  void badDay() throws IOException, RecordingException {
    Fixture fixture =
        Fixture.badDay().program("demo.TickToTrade", new ThreadId(4720, "strategy", 0), 5, 700);
    TextTrace out = new TextTrace();
    TraceWriter.write(priced(fixture), fixture.source(), out);
    Golden.check(
        "bad-day-trace.txt",
        String.join("\n", out.lines) + "\n" + String.join("\n", out.scheduling) + "\n");
  }

  @Test
  void slicesOfARowDoNotOverlap() throws IOException, RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .program("demo.TickToTrade", strategy, 0, 100)
            .program("demo.TickToTrade", strategy, 50, 100)
            .program("demo.TickToTrade", strategy, 100, 100);
    TextTrace out = new TextTrace();
    TraceWriter.write(fixture.report(), fixture.source(), out);
    List<String> rows =
        out.lines.stream()
            .filter(line -> line.contains("TickToTrade") && !line.startsWith("track"))
            .map(line -> line.replaceAll(".*(#\\d+).*", "$1"))
            .toList();
    assertEquals(3, rows.size());
    assertEquals(rows.get(0), rows.get(2));
    assertTrue(!rows.get(0).equals(rows.get(1)), rows::toString);
  }

  @Test
  void anUnknownTypeIsShownAllTheSame() throws IOException, RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .event("QuantumFlip", strategy, 10, 20, 3, "reason", "cosmic ray")
            .event("HardIrq", strategy, 100, 20, 3, "device", "eth0");
    TextTrace out = new TextTrace();
    TraceWriter.write(fixture.report(), fixture.source(), out);
    String all = String.join("\n", out.lines);
    assertTrue(all.contains("10 +20") && all.contains("strategy: Quantum flip: cosmic"), all);
    assertTrue(all.contains("CPU 3 · Hard irq: Hard irq: eth0"), all);
  }
}
