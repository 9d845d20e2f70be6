package latencyscope.report;

import java.util.Locale;
import latencyscope.analysis.Report;
import latencyscope.analysis.number.Numbers;
import latencyscope.recording.fact.Scope;

/** Counts the verdicts of a report in one line. */
final class Summary {
  private Summary() {}

  /** With all that the user left out, and by which options. */
  static String of(Report report) {
    return of(report, leftOut(report));
  }

  /** Without what the capture leaves out, of which others speak. */
  static String brief(Report report) {
    return of(report, "");
  }

  private static String of(Report report, String leftOut) {
    String notMeasured =
        report.notMeasured() == 0
            ? ""
            : ", " + Numbers.count(report.notMeasured()) + " not measured" + leftOut;
    return Numbers.count(report.violations(), "violation")
        + ", "
        + Numbers.count(report.warnings(), "warning")
        + notMeasured
        + " | Exit code: "
        + report.exitCode();
  }

  private static String leftOut(Report report) {
    return report.outOfScope() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            " (%,d left out by %s)",
            report.outOfScope(),
            Scope.of(report.recording().capture()).options());
  }
}
