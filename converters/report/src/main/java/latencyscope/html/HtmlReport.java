package latencyscope.html;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Explainer;
import latencyscope.recording.EventSource;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventFan;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.timeline.Slices;

/**
 * Writes a report as one HTML file that needs no network and no program but a browser.
 *
 * <p>Verdicts, findings and percentiles are plain markup, written here; a script in the file draws
 * timeline and curves from data in the file, whose size does not grow with the number of events.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * Writes the report.
   *
   * @param zone zone of wall-clock times
   * @throws IOException if it cannot be written
   * @throws RecordingException if the recording cannot be read again
   */
  public static void write(Report report, EventSource events, ZoneId zone, OutputStream out)
      throws IOException, RecordingException {
    CaptureInfo capture = report.recording().capture();
    // From the first module's begin on: its events may be older than the last module.
    long start = report.recording().measuredFrom();
    Timeline timeline = new Timeline(start, capture.start() - start + capture.duration());
    SlowestEvents slowest = new SlowestEvents();
    events.read(new EventFan(new Slices(timeline), slowest));
    List<Window> windows = slowest.windows();
    List<Ledger> ledgers = windows.isEmpty() ? List.of() : Explainer.ledgers(events, windows);
    String bars = LedgerBars.of(ledgers, slowest, capture, start, zone);
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    writer.write("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    writer.write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing from anywhere: a report can be opened where the network must not know of it.
    writer.write(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
            + " style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
    writer.write("<title>LatencyScope report</title>\n<style>\n");
    writer.write(resource("report.css"));
    writer.write("</style>\n</head>\n<body>\n");
    writer.write(new HtmlPage(report, timeline, bars, zone).body());
    writer.write("<script id=\"data\" type=\"application/json\">");
    TimelineJson.write(report, timeline, zone, writer);
    writer.write("</script>\n<script>\n");
    writer.write(resource("timeline.js"));
    writer.write(resource("plots.js"));
    writer.write("</script>\n</body>\n</html>\n");
    writer.flush();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
