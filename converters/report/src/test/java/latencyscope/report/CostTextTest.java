package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Table;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class CostTextTest {
  private static CostReport costs(Fixture fixture) throws RecordingException {
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    return costs.report(new CostRate(2_000_000, 0.5), fixture.recording());
  }

  @Test
  void totalsByCauseAndByThread() throws RecordingException {
    ThreadId feed = new ThreadId(7, "md-feed", 0);
    Fixture fixture = new Fixture().capture("", "");
    fixture.wait(feed, 0, 2_000, 1, "wakeup", "backup.sh", 9);
    fixture.wait(feed, 10_000, 3_000, 1, "preempted", "backup.sh", 9);
    fixture.wait(new ThreadId(8, "risk", 0), 20_000, 1_000, 1, "preempted", "tail", 10);
    CostReport costs = costs(fixture);
    assertEquals("$600.00 at $2,000,000 notional and 0.5 bps per µs", CostText.head(costs));
    Table causes = CostText.tables(costs).get(0);
    assertEquals(
        "[[isolation: run queue, after preemption, 2, PT0.000004S, $400.00],"
            + " [isolation: run queue, after wakeup, 1, PT0.000002S, $200.00]]",
        causes.rows().toString());
    Table threads = CostText.tables(costs).get(1);
    assertEquals(
        "[[md-feed, 2, PT0.000005S, $500.00], [risk, 1, PT0.000001S, $100.00]]",
        threads.rows().toString());
  }

  @Test
  void onlyWhoSaidWhatTimeIsWorthIsToldWhatItCost() throws RecordingException {
    Fixture fixture = Fixture.badDay();
    String without = TextReport.of(fixture.report(), Style.plain(ZoneOffset.UTC));
    String with =
        TextReport.of(fixture.report().withCosts(costs(fixture)), Style.plain(ZoneOffset.UTC));
    assertFalse(without.contains("ALPHA"));
    assertTrue(with.contains("│ ALPHA "), with);
    assertTrue(with.contains("notional"), with);
  }
}
