package latencyscope.jmc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.Report;
import latencyscope.analysis.first.FirstWords;
import latencyscope.analysis.top.TopCause;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.common.util.TypedPreference;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IResultValueProvider;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultBuilder;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.TypedCollectionResult;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit.EventAvailability;

/**
 * Shows the first screen of the command line's report: what the threads that matter lost, the
 * causes that cost most, what would remain without them. It judges nothing itself. Stateless, safe
 * for use by several threads.
 */
public final class FirstLookRule implements IRule {
  /** The rules' topic that Mission Control shows on the page of all modules. */
  static final String ID = "latencyscope.first";

  /** What each thread that matters lost. */
  static final TypedCollectionResult<String> LOST =
      texts("lost", "Lost Time", "What the threads that matter lost");

  /** The cause that cost most. */
  static final TypedResult<String> COSTLIEST =
      new TypedResult<>(
          "costliest",
          "Costliest Cause",
          "What cost these threads most",
          UnitLookup.PLAIN_TEXT,
          String.class);

  /** The causes that cost most. */
  static final TypedCollectionResult<String> CAUSES =
      texts("causes", "Causes", "The causes that cost these threads most");

  /** What removes them. */
  static final TypedCollectionResult<String> REMEDIES =
      texts("remedies", "Remedies", "What to do on this host");

  private static final int SHOWN = 5;

  /** Called by the service loader. */
  public FirstLookRule() {}

  private static TypedCollectionResult<String> texts(String id, String name, String description) {
    return new TypedCollectionResult<>(id, name, description, UnitLookup.PLAIN_TEXT, String.class);
  }

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getTopic() {
    return ID;
  }

  @Override
  public String getName() {
    return "What to Look at First";
  }

  @Override
  public Map<String, EventAvailability> getRequiredEvents() {
    return Map.of();
  }

  @Override
  public Collection<TypedPreference<?>> getConfigurationAttributes() {
    return List.of();
  }

  @Override
  public Collection<TypedResult<?>> getResults() {
    return List.of(TypedResult.SCORE, LOST, COSTLIEST, CAUSES, REMEDIES);
  }

  @Override
  public RunnableFuture<IResult> createEvaluation(
      IItemCollection items,
      IPreferenceValueProvider preferences,
      IResultValueProvider dependencies) {
    return new FutureTask<>(() -> result(items, ResultBuilder.createFor(this, preferences)));
  }

  private static IResult result(IItemCollection items, ResultBuilder result)
      throws InterruptedException {
    Optional<Report> judgement = Judgements.of(items);
    if (judgement.isEmpty()) {
      return result
          .setSeverity(Severity.NA)
          .setSummary("The recording holds no events of LatencyScope.")
          .build();
    }
    Report report = judgement.get();
    FirstWords words = new FirstWords(report);
    Score score = Score.of(words.severity());
    List<TopCause> causes = report.topCauses().stream().limit(SHOWN).toList();
    result.setSeverity(score.severity());
    result.addResult(TypedResult.SCORE, score.quantity());
    result.addResult(
        LOST, lines(report.first().lost().threads().stream().map(FirstWords::lost).toList()));
    result.addResult(CAUSES, lines(causes.stream().map(FirstLookRule::line).toList()));
    if (causes.isEmpty()) {
      result.setSummary("No cause of latency was found.");
    } else {
      // A name in it may have braces, which Mission Control would fill in.
      result.addResult(COSTLIEST, line(causes.get(0)));
      result.setSummary("{costliest}");
    }
    result.setExplanation(explanation(words, causes, report));
    List<String> remedies = remedies(words, causes);
    if (!remedies.isEmpty()) {
      result.addResult(REMEDIES, lines(remedies));
      result.setSolution("{remedies}");
    }
    return result.build();
  }

  private static String explanation(FirstWords words, List<TopCause> causes, Report report) {
    StringBuilder text = new StringBuilder(words.threads());
    if (!report.first().lost().threads().isEmpty()) {
      text.append("{lost}");
    }
    if (!causes.isEmpty()) {
      text.append("\n\nWhat cost most:{causes}");
    }
    words.without(causes).ifPresent(without -> text.append("\n\n").append(without));
    return text.append("\n\n").append(words.trust()).toString();
  }

  private static String line(TopCause cause) {
    return FirstWords.title(cause) + ": " + FirstWords.cost(cause.lost());
  }

  private static List<String> remedies(FirstWords words, List<TopCause> causes) {
    List<String> remedies = new ArrayList<>();
    for (TopCause cause : causes) {
      String step =
          FirstWords.command(cause)
              .orElseGet(() ->
                  Stream.of(FirstWords.sentence(cause), words.showing(cause))
                      .flatMap(Optional::stream)
                      .collect(Collectors.joining(" ")));
      if (!step.isEmpty()) {
        remedies.add(FirstWords.title(cause) + ": " + step);
      }
    }
    return remedies;
  }

  // In text, only the line breaks separate the elements apart.
  private static List<String> lines(List<String> elements) {
    return elements.stream().map(element -> "\n" + element).toList();
  }
}
