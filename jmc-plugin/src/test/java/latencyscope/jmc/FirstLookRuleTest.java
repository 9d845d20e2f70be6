package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import latencyscope.analysis.Report;
import latencyscope.analysis.first.FirstWords;
import latencyscope.analysis.top.TopCause;
import latencyscope.recording.RecordingFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;

class FirstLookRuleTest {
  @TempDir Path folder;

  private static IResult result(Path recording) throws Exception {
    IItemCollection items = JfrLoaderToolkit.loadEvents(recording.toFile());
    IRule rule =
        RuleRegistry.getRules().stream()
            .filter(FirstLookRule.class::isInstance)
            .findFirst()
            .orElseThrow();
    RunnableFuture<IResult> evaluation =
        rule.createEvaluation(items, IPreferenceValueProvider.DEFAULT_VALUES, null);
    evaluation.run();
    return evaluation.get();
  }

  /** The same sentences as the command line's, from the file. */
  @Test
  void saysWhatTheFirstScreenSays() throws Exception {
    Path recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    IResult result = result(recording);
    Report report = Report.read(new RecordingFiles(List.of(recording)), List.of());
    TopCause first = report.topCauses().get(0);
    assertEquals(Severity.WARNING, result.getSeverity());
    String summary = ResultToolkit.populateMessage(result, result.getSummary(), false);
    assertEquals(FirstWords.title(first) + ": " + FirstWords.cost(first.lost()), summary);
    String explanation = ResultToolkit.populateMessage(result, result.getExplanation(), false);
    for (TopCause cause : report.topCauses().subList(0, 5)) {
      assertTrue(explanation.contains(FirstWords.title(cause)), explanation);
    }
    assertTrue(explanation.contains(new FirstWords(report).trust()), explanation);
    String solution = ResultToolkit.populateMessage(result, result.getSolution(), false);
    assertTrue(solution.contains("taskset -apc"), solution);
    // What no command removes has a sentence.
    int withoutCommand = 0;
    for (TopCause cause : report.topCauses().subList(0, 5)) {
      String step = FirstWords.command(cause).or(() -> FirstWords.sentence(cause)).orElse("");
      assertTrue(solution.contains(step), solution);
      withoutCommand += FirstWords.command(cause).isEmpty() && !step.isEmpty() ? 1 : 0;
    }
    assertTrue(withoutCommand > 0, solution);
  }
}
