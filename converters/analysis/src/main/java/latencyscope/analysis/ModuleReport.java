package latencyscope.analysis;

import java.util.List;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;

/**
 * What a module found, in a form that every output format can show without knowing the module.
 *
 * @param module name of the module
 * @param title head of its panel
 * @param verdicts its verdicts, the worst first
 * @param quantiles distributions to show
 * @param tables tables to show
 * @param remarks sentences to show
 * @param findings causes, the worst first
 * @param metrics its values by the keys of the JSON report
 */
public record ModuleReport(
    String module,
    String title,
    List<Verdict> verdicts,
    List<Quantiles> quantiles,
    List<Table> tables,
    List<String> remarks,
    List<Finding> findings,
    Metrics metrics) {
  /** Whether there is anything for people: a process without a JVM has no pauses. */
  public boolean saysSomething() {
    return !verdicts.isEmpty() || !remarks.isEmpty();
  }

  /** Number of verdicts of a severity. */
  public int count(Severity severity) {
    return (int) verdicts.stream().filter(verdict -> verdict.severity() == severity).count();
  }
}
