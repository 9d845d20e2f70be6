package latencyscope.cli.output;

import java.nio.charset.Charset;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Report;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.Style;

/**
 * What an output format is made of.
 *
 * @param report what there is to say
 * @param files the recording, for formats that show single events
 * @param style how text is to look
 * @param charset of text for people; whatever is for programs is UTF-8
 */
public record Content(Report report, RecordingFiles files, Style style, Charset charset) {
  /** What latency cost; a format that needs it is not chosen where nobody said what it costs. */
  CostReport costs() {
    return report.costs().orElseThrow();
  }
}
