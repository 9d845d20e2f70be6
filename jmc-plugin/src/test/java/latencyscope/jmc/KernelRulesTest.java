package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RunnableFuture;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import latencyscope.analysis.Report;
import latencyscope.analysis.number.Numbers;
import latencyscope.jfr.Schema;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.JsonReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.item.Aggregators;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemQuery;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;

class KernelRulesTest {
  @TempDir static Path folder;

  private static Path recording;
  private static Judged judged;

  @BeforeAll
  static void judge() throws Exception {
    recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    judged = Judged.of(recording);
  }

  @Test
  void thereIsOneForEachModuleAndTwoMore() {
    Set<String> expected = new HashSet<>(Schema.modules());
    expected.addAll(List.of("jvm", "capture"));
    assertEquals(
        expected,
        judged.results().keySet().stream()
            .map(id -> id.substring(id.indexOf('.') + 1))
            .collect(Collectors.toSet()));
  }

  @Test
  void sayWhatTheCommandLineSays() throws Exception {
    String json = JsonReport.of(Report.read(new RecordingFiles(List.of(recording)), List.of()));
    Map<String, ?> expected = Judged.findings(new ObjectMapper().readTree(json));
    assertTrue(expected.containsKey("isolation") && expected.containsKey("memory"));
    assertEquals(expected, judged.findings());
  }

  @Test
  void severitiesAreMissionControlsOwn() {
    assertEquals(Severity.WARNING, judged.result("isolation").getSeverity());
    assertEquals(Severity.WARNING, judged.result("memory").getSeverity());
    assertEquals(Severity.INFO, judged.result("capture").getSeverity());
    for (IResult result : judged.results().values()) {
      IQuantity score = result.getResult(TypedResult.SCORE);
      if (score != null) {
        assertEquals(result.getSeverity(), Severity.get(score.doubleValue()));
      }
    }
    assertEquals(Severity.OK, Score.of(latencyscope.analysis.finding.Severity.PASS).severity());
  }

  @Test
  void resultsCarryQuantitiesAndEvidence() {
    IResult result = judged.result("isolation");
    assertEquals(
        EveryEvent.WAIT_NS,
        result.getResult(KernelRule.WORST).clampedLongValueIn(UnitLookup.NANOSECOND));
    assertEquals(EveryEvent.WAITS, result.getResult(KernelRule.COUNT).longValue());
    assertEquals(
        EveryEvent.WAITS * EveryEvent.WAIT_NS,
        result.getResult(KernelRule.TOTAL).clampedLongValueIn(UnitLookup.NANOSECOND));
    assertNotNull(result.getResult(KernelRule.AT));
    String summary = ResultToolkit.populateMessage(result, result.getSummary(), false);
    String worst = UnitLookup.MILLISECOND.quantity(3).displayUsing(IDisplayable.AUTO);
    assertTrue(summary.contains("competitor preempted strategy, " + worst + " at worst"), summary);
    String solution = ResultToolkit.populateMessage(result, result.getSolution(), false);
    assertTrue(solution.contains("taskset -apc"), solution);
    IItemQuery query = result.getResult(TypedResult.ITEM_QUERY);
    IItemCollection evidence = judged.items().apply(query.getFilter());
    IItemCollection waits = evidence.apply(ItemFilters.type("latencyscope.RunQueueWait"));
    assertEquals(EveryEvent.WAITS + 1, waits.getAggregate(Aggregators.count()).longValue());
    assertEquals(
        0,
        evidence.apply(ItemFilters.type("latencyscope.PageFault")).stream()
            .mapToLong(items -> items.getItemCount())
            .sum());
  }

  /** Fails on the version before: the same sentence four times, and ".: 1 times." after it. */
  @Test
  void sayThingsOnceAndCountAsPeopleDo() {
    for (String module : List.of("capture", "isolation", "memory", "irq", "syscall", "jvm")) {
      IResult result = judged.result(module);
      if (result.getExplanation() == null) {
        continue;
      }
      String text = ResultToolkit.populateMessage(result, result.getExplanation(), false);
      assertFalse(text.contains("1 times") || text.contains(".:") || text.contains(".."), text);
      for (String line : text.split("\n")) {
        String said = line.replaceFirst("^\\[\\w+] ", "").replaceFirst("[.,]*$", "");
        assertTrue(said.isEmpty() || text.indexOf(said) == text.lastIndexOf(said), text);
      }
    }
  }

  /** Fails on the version before: "40 times at", which is when the worst was. */
  @Test
  void sayWhenTheWorstWas() {
    IResult result = judged.result("isolation");
    String text = ResultToolkit.populateMessage(result, result.getExplanation(), false);
    String worst = UnitLookup.MILLISECOND.quantity(3).displayUsing(IDisplayable.AUTO);
    assertTrue(text.contains(EveryEvent.WAITS + " times, "), text);
    assertTrue(text.contains(" in total, the worst " + worst + " at "), text);
    assertFalse(text.contains("times at "), text);
  }

  /** Fails on the version before: "Keep it off CPU 0". */
  @Test
  void remediesNameWhatTheyAreAbout() {
    IResult result = judged.result("isolation");
    String solution = ResultToolkit.populateMessage(result, result.getSolution(), false);
    assertTrue(solution.contains("competitor preempted strategy: Keep competitor"), solution);
    assertFalse(solution.contains("Keep it"), solution);
  }

  /** Fails on the version before: all of them, however many. */
  @Test
  void showTheFiveThatCostMost() throws Exception {
    Path many = folder.resolve("many.jfr");
    EveryEvent.recordCulprits(many, 12);
    IResult result = Judged.of(many).result("isolation");
    assertEquals(5, result.getResult(KernelRule.WORST_FINDINGS).size());
    String text = ResultToolkit.populateMessage(result, result.getExplanation(), false);
    assertTrue(text.contains("And 7 more"), text);
    assertTrue(text.contains("events above their thresholds only"), text);
    String floor = "RunQueueWait from " + Numbers.time(EveryEvent.FLOOR_NS) + " on: where a chart";
    assertTrue(text.contains(floor), text);
    IResult calm = judged.result("isolation");
    text = ResultToolkit.populateMessage(calm, calm.getExplanation(), false);
    assertFalse(text.contains("where a chart"), text);
    assertEquals(12, result.getResult(KernelRule.FINDINGS).size());
  }

  @Test
  void doNotApplyWithoutOurEvents() throws Exception {
    Path foreign = folder.resolve("foreign.jfr");
    try (Recording other = new Recording()) {
      other.enable("jdk.JVMInformation");
      other.start();
      other.stop();
      other.dump(foreign);
    }
    IItemCollection items = JfrLoaderToolkit.loadEvents(foreign.toFile());
    for (IRule rule : RuleRegistry.getRules()) {
      if (rule instanceof KernelRule) {
        RunnableFuture<IResult> evaluation =
            rule.createEvaluation(items, IPreferenceValueProvider.DEFAULT_VALUES, null);
        evaluation.run();
        assertEquals(Severity.NA, evaluation.get().getSeverity(), rule.getId());
        assertTrue(evaluation.get().getSummary().contains("no events of LatencyScope"));
        assertNull(evaluation.get().getResult(TypedResult.SCORE));
      }
    }
  }

  @Test
  void aRecordingIsJudgedOnceForAllOfThem() throws Exception {
    assertSame(
        Judgements.of(judged.items()).orElseThrow(), Judgements.of(judged.items()).orElseThrow());
  }
}
