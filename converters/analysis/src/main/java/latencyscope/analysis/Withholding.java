package latencyscope.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.MetricNeeds;
import latencyscope.analysis.evidence.Requirement.Histograms;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.ProbeState;

/** Takes out of a module's report what rests on something that the recording lacks. */
final class Withholding {
  private static final String VIOLATIONS = "violations";

  private final Recording recording;
  private final Evidence evidence;

  Withholding(Recording recording) {
    this.recording = recording;
    evidence = Evidence.of(recording);
  }

  /** The report without it, whose numbers are withheld in place. */
  ModuleReport from(ModuleReport report) {
    String module = report.module();
    // Every thread has the same paths: each is asked for once.
    Map<String, Optional<String>> reasons = new HashMap<>();
    report
        .metrics()
        .withhold(path ->
            reasons.computeIfAbsent(
                path, one -> evidence.whyNot(MetricNeeds.of(module + "." + one))));
    unanswered(report)
        .ifPresent(why ->
            report
                .metrics()
                .withhold(path -> path.equals(VIOLATIONS) ? Optional.of(why) : Optional.empty()));
    boolean distributed = evidence.whyNot(List.of(new Histograms(module))).isEmpty();
    return new ModuleReport(
        module,
        report.title(),
        withAccounts(report),
        report.quantiles().stream()
            .filter(q -> distributed || q.distribution().count() > 0)
            .toList(),
        report.tables(),
        report.remarks(),
        report.findings(),
        report.metrics());
  }

  // First of all what limits the rest: counts are the same as ever, and all else is missing.
  private List<Verdict> withAccounts(ModuleReport report) {
    Optional<ProbeState> accounts = recording.accounts(report.module());
    if (accounts.isEmpty()) {
      return report.verdicts();
    }
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(
        Verdict.seen(
            Severity.NOT_MEASURED,
            "Counts from /proc alone, without culprits and single events: "
                + accounts.get().reason()));
    report.verdicts().stream()
        .filter(verdict -> verdict.severity() != Severity.NOT_MEASURED)
        .forEach(verdicts::add);
    return verdicts;
  }

  // How many more there are, nobody knows.
  private static Optional<String> unanswered(ModuleReport report) {
    return report.verdicts().stream()
        .filter(verdict -> verdict.severity() == Severity.NOT_MEASURED)
        .map(Verdict::text)
        .findFirst();
  }
}
