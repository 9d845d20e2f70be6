package latencyscope.report;

import java.util.Locale;
import latencyscope.analysis.Report;
import latencyscope.analysis.number.Printable;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Scope;
import latencyscope.report.name.ProcessName;

/** Says in one line what was watched, where and for how long. */
public final class Subject {
  private Subject() {}

  /** Such as {@code LatencyScope v0.3.0 | PID 4711 (engine) | CPUs 4-7 | 10.0 s}. */
  public static String of(Report report) {
    Recording recording = report.recording();
    CaptureInfo capture = recording.capture();
    String cpus = capture.cpus().isEmpty() ? "all CPUs" : Scope.of(capture).cpuWords();
    return String.format(
        Locale.ROOT,
        "%s v%s | %s | %s | %.1f s",
        Product.NAME,
        Product.version(),
        target(capture),
        cpus,
        (capture.start() + capture.duration() - recording.measuredFrom()) / 1e9);
  }

  private static String target(CaptureInfo capture) {
    if (capture.targetPid() <= 0) {
      return capture.targetPid() == 0 ? "every process" : "target unknown";
    }
    String name = ProcessName.of(capture.targetCommand());
    return "PID " + capture.targetPid() + (name.isEmpty() ? "" : " (" + Printable.text(name) + ")");
  }
}
