package latencyscope.cli.output;

import java.nio.charset.Charset;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Report;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.Style;
import latencyscope.report.TextReport;

/**
 * What an output format is made of.
 *
 * @param report what there is to say
 * @param files the recording, for formats that show single events
 * @param view how much of it is wanted as text
 * @param style how text is to look
 * @param charset of text for people; whatever is for programs is UTF-8
 */
public record Content(
    Report report, RecordingFiles files, View view, Style style, Charset charset) {
  String text() {
    return view.details()
        ? TextReport.of(report, style, view.top())
        : TextReport.firstScreen(report, style, view.top());
  }

  /** What latency cost; a format that needs it is not chosen where nobody said what it costs. */
  CostReport costs() {
    return report.costs().orElseThrow();
  }
}
