package latencyscope.jmc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.Recording;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.ContentType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.common.util.TypedPreference;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IResultValueProvider;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.ResultBuilder;
import org.openjdk.jmc.flightrecorder.rules.TypedCollectionResult;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit.EventAvailability;

/**
 * Shows what one module of the command line's report says. It judges nothing itself. Stateless,
 * safe for use by several threads.
 */
abstract class KernelRule implements IRule {
  /** Each finding of the module, the worst first. */
  static final TypedCollectionResult<KernelFinding> FINDINGS =
      new TypedCollectionResult<>(
          "findings",
          "Findings",
          "Causes of latency, the worst first",
          UnitLookup.createSyntheticContentType("latencyscope.finding"),
          KernelFinding.class);

  /** Those of the findings that are shown. */
  static final TypedCollectionResult<KernelFinding> WORST_FINDINGS =
      new TypedCollectionResult<>(
          "worstFindings",
          "Worst Findings",
          "The costliest causes",
          UnitLookup.createSyntheticContentType("latencyscope.finding"),
          KernelFinding.class);

  /** The rows of the command line's tables: most count every occurrence, also below thresholds. */
  static final TypedCollectionResult<String> EXACT =
      new TypedCollectionResult<>(
          "exact",
          "Tables",
          "What the command line has in tables",
          UnitLookup.PLAIN_TEXT,
          String.class);

  /** The answers to the questions that the module asks, the worst first. */
  static final TypedCollectionResult<String> VERDICTS =
      new TypedCollectionResult<>(
          "verdicts", "Verdicts", "What was asked", UnitLookup.PLAIN_TEXT, String.class);

  /** What helps against the worst findings. */
  static final TypedCollectionResult<String> REMEDIES =
      new TypedCollectionResult<>(
          "remedies", "Remedies", "What to do on this host", UnitLookup.PLAIN_TEXT, String.class);

  /** The most that the first finding cost at once. */
  static final TypedResult<IQuantity> WORST =
      quantity("worst", "Worst", "The most that the worst cause cost at once", UnitLookup.TIMESPAN);

  /** What the first finding cost in all. */
  static final TypedResult<IQuantity> TOTAL =
      quantity("total", "Total", "What the worst cause cost in total", UnitLookup.TIMESPAN);

  /** How often the first finding's cause struck. */
  static final TypedResult<IQuantity> COUNT =
      quantity("count", "Count", "How often the worst cause struck", UnitLookup.NUMBER);

  /** When the worst began. */
  static final TypedResult<IQuantity> AT =
      quantity("at", "Time", "When the worst began", UnitLookup.TIMESTAMP);

  private static final List<TypedResult<?>> RESULTS =
      List.of(
          TypedResult.SCORE,
          VERDICTS,
          FINDINGS,
          WORST_FINDINGS,
          EXACT,
          REMEDIES,
          WORST,
          TOTAL,
          COUNT,
          AT,
          TypedResult.ITEM_QUERY);

  /** As many findings as the command line shows: what helps against them helps most. */
  private static final int SHOWN = 5;

  private final String module;
  private final String name;

  /**
   * @param module module of the report
   * @param name what people call it
   */
  KernelRule(String module, String name) {
    this.module = module;
    this.name = name;
  }

  private static TypedResult<IQuantity> quantity(
      String id, String name, String description, ContentType<IQuantity> type) {
    return new TypedResult<>(id, name, description, type, IQuantity.class);
  }

  /** Module of the report that the rule shows. */
  final String module() {
    return module;
  }

  @Override
  public final String getId() {
    return "latencyscope." + module;
  }

  /** The same as its id: the topic of the module's page, too. */
  @Override
  public final String getTopic() {
    return getId();
  }

  @Override
  public final String getName() {
    return name;
  }

  /**
   * None: whether there is anything to judge depends on any of LatencyScope's types being there,
   * and a recording that was filtered or cut off may lack any single one of them.
   */
  @Override
  public final Map<String, EventAvailability> getRequiredEvents() {
    return Map.of();
  }

  @Override
  public final Collection<TypedPreference<?>> getConfigurationAttributes() {
    return List.of();
  }

  @Override
  public final Collection<TypedResult<?>> getResults() {
    return RESULTS;
  }

  @Override
  public final RunnableFuture<IResult> createEvaluation(
      IItemCollection items,
      IPreferenceValueProvider preferences,
      IResultValueProvider dependencies) {
    return new FutureTask<>(() -> result(items, ResultBuilder.createFor(this, preferences)));
  }

  private IResult result(IItemCollection items, ResultBuilder result) throws InterruptedException {
    Optional<Report> judgement = Judgements.of(items);
    if (judgement.isEmpty()) {
      return notApplicable(result, "The recording holds no events of LatencyScope.");
    }
    Optional<ModuleReport> report =
        judgement.get().modules().stream().filter(m -> m.module().equals(module)).findFirst();
    if (report.isEmpty()) {
      return notApplicable(result, "The module " + module + " was not captured.");
    }
    if (report.get().verdicts().isEmpty()) {
      return notApplicable(result, "The recording has no evidence for it.");
    }
    return result(report.get(), judgement.get().recording(), result);
  }

  private static IResult notApplicable(ResultBuilder result, String why) {
    return result
        .setSeverity(org.openjdk.jmc.flightrecorder.rules.Severity.NA)
        .setSummary(why)
        .build();
  }

  private IResult result(ModuleReport report, Recording recording, ResultBuilder result) {
    List<Finding> findings = report.findings();
    Score score = Score.of(worst(report));
    result.setSeverity(score.severity());
    result.addResult(TypedResult.SCORE, score.quantity());
    result.addResult(FINDINGS, findings.stream().map(KernelFinding::new).toList());
    List<KernelFinding> worst = findings.stream().limit(SHOWN).map(KernelFinding::new).toList();
    List<String> verdicts = verdicts(report, worst);
    result.addResult(VERDICTS, verdicts);
    List<String> exact = ExactRows.of(report);
    result.addResult(WORST_FINDINGS, worst);
    result.addResult(EXACT, exact);
    result.setSummary(summary(report));
    result.setExplanation(
        explanation(report, verdicts.isEmpty() ? "" : "{verdicts}", !exact.isEmpty())
            + Thresholds.remark(module, recording));
    List<String> remedies = remedies(findings);
    if (!remedies.isEmpty()) {
      result.addResult(REMEDIES, remedies);
      result.setSolution("{remedies}");
    }
    if (!findings.isEmpty()) {
      addWorst(result, new KernelFinding(findings.get(0)));
      result.addResult(TypedResult.ITEM_QUERY, Evidence.of(module, findings));
    }
    return result.build();
  }

  private static Severity worst(ModuleReport report) {
    return report.verdicts().stream()
        .map(Verdict::severity)
        .max(Severity::compareTo)
        .orElse(Severity.PASS);
  }

  private static void addWorst(ResultBuilder result, KernelFinding first) {
    result.addResult(COUNT, first.count());
    add(result, WORST, first.worst());
    add(result, TOTAL, first.total());
    add(result, AT, first.at());
  }

  private static void add(ResultBuilder result, TypedResult<IQuantity> type, IQuantity value) {
    if (value != null) {
      result.addResult(type, value);
    }
  }

  private static String summary(ModuleReport report) {
    Verdict verdict = report.verdicts().get(0);
    List<Finding> findings = report.findings();
    if (verdict.severity() == Severity.PASS || findings.isEmpty()) {
      return verdict.text();
    }
    Finding first = findings.get(0);
    // Mission Control puts in the value that belongs to the name, in the user's format.
    return verdict.isFinding(first) || first.worstNs() == null
        ? verdict.text()
        : verdict.text() + ". " + first.title() + ", {worst} at worst";
  }

  // Mission Control makes a list of what stands in braces; in text, only the line breaks separate
  // the
  // elements apart.
  private static String explanation(ModuleReport report, String verdicts, boolean exact) {
    StringBuilder text = new StringBuilder(verdicts);
    if (!report.findings().isEmpty()) {
      text.append("\n\nCauses, the worst first:{worstFindings}");
      int left = report.findings().size() - SHOWN;
      if (left > 0) {
        text.append("\nAnd ")
            .append(left)
            .append(" more, all of them in the command line's --json.");
      }
    }
    if (exact) {
      text.append("\n\nFrom the command line's tables:{exact}");
    }
    report.remarks().forEach(remark -> text.append("\n\n").append(remark));
    return text.toString();
  }

  private static String line(Verdict verdict) {
    return "\n[" + verdict.severity().tag() + "] " + verdict.text();
  }

  // Of the capture, each finding is an answer, too: what is said once is enough.
  private static List<String> verdicts(ModuleReport report, List<KernelFinding> shown) {
    return report.verdicts().stream()
        .filter(verdict -> shown.stream().map(KernelFinding::finding).noneMatch(verdict::isFinding))
        .map(KernelRule::line)
        .toList();
  }

  /**
   * The remedies of the worst findings in their order, each after what it is against, so that it
   * can stand alone. What helps against several is said once.
   */
  static List<String> remedies(List<Finding> findings) {
    Set<Remedy> said = new HashSet<>();
    List<String> remedies = new ArrayList<>();
    for (Finding finding : findings.subList(0, Math.min(SHOWN, findings.size()))) {
      List<Remedy> fresh = finding.remedies().stream().filter(said::add).toList();
      if (!fresh.isEmpty()) {
        remedies.add("\n" + finding.title() + ": " + Remedy.text(fresh));
      }
    }
    return remedies;
  }
}
