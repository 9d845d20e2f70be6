package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneId;
import java.util.Optional;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Scene;
import latencyscope.recording.fact.Scope;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** What was left out of a capture is named where it matters. */
class ScopeTest {
  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  private static final long MS = 1_000_000;

  private static Explanation ofVmThread(String cpus) throws Exception {
    Scene scene =
        Scene.captured(1_000 * MS, cpus)
            .jvm("jdk.GCPhasePause", VM, 100 * MS, 50 * MS, "name", "GC Pause", "gcId", 1L);
    return Explainer.explain(
        scene::read, new Query("jdk.GCPhasePause", null, 0, Long.MAX_VALUE, 3));
  }

  @Test
  void unexplainedTimeNamesTheCapturedCpusAndTheOption() throws Exception {
    Explanation explanation = ofVmThread("1");
    String limits =
        "only CPU 1 was captured; capture without --cpus (agent: cpus=) to include the rest";
    String text = ExplanationText.of(explanation, new Style(160, false, false, ZoneId.of("UTC")));
    assertTrue(text.contains("100.0 %  unexplained: " + limits), text);
    assertTrue(JsonReport.of(explanation).contains("may lie outside the capture: " + limits));
  }

  @Test
  void aCaptureWithoutLimitsNamesNone() throws Exception {
    Explanation explanation = ofVmThread("");
    String text = ExplanationText.of(explanation, Style.plain(ZoneId.of("UTC")));
    assertFalse(text.contains("captured;"), text);
  }

  @Test
  void limitsAreSentences() {
    assertEquals(Optional.empty(), new Scope(CpuSet.EMPTY, "").limits());
    assertEquals(
        "only threads strategy* were captured; capture without the agent's threads= to include the"
            + " rest",
        new Scope(CpuSet.EMPTY, "strategy*").limits().orElseThrow());
    assertEquals(
        "only threads a+b on CPUs 4-7 were captured; capture without --cpus (agent: cpus=) and the"
            + " agent's threads= to include the rest",
        new Scope(CpuSet.parse("4-7"), "a+b").limits().orElseThrow());
  }
}
