package latencyscope.cli.output;

import java.nio.charset.Charset;
import java.util.List;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Report;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.Style;
import latencyscope.report.TextReport;
import latencyscope.trace.MergedTrace;

/**
 * What an output format is made of.
 *
 * @param report what there is to say
 * @param files the recording, for formats that show single events
 * @param view how much of it is wanted as text
 * @param style how text is to look
 * @param charset of text for people; whatever is for programs is UTF-8
 * @param traced the recordings of a trace, this one first
 */
public record Content(
    Report report,
    RecordingFiles files,
    View view,
    Style style,
    Charset charset,
    List<MergedTrace.Source> traced) {
  /** Copies the list. */
  public Content {
    traced = List.copyOf(traced);
  }

  /** What is made of one recording. */
  public Content(Report report, RecordingFiles files, View view, Style style, Charset charset) {
    this(report, files, view, style, charset, List.of(new MergedTrace.Source(report, files, "")));
  }

  /** What is made of several, of which only a trace can show more than the first. */
  Content(
      List<MergedTrace.Source> traced, RecordingFiles files, View view, Style style, Charset c) {
    this(traced.get(0).report(), files, view, style, c, traced);
  }

  List<Recording> recordings() {
    return traced.stream().map(source -> source.report().recording()).toList();
  }

  String text() {
    return view.details()
        ? TextReport.of(report, style, view.top(), view.modules())
        : TextReport.firstScreen(report, style, view.top());
  }

  /** What latency cost; a format that needs it is not chosen where nobody said what it costs. */
  CostReport costs() {
    return report.costs().orElseThrow();
  }
}
