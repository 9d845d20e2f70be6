package latencyscope.html;

import java.io.BufferedWriter;
import java.io.IOException;
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
import latencyscope.ledger.explain.Stall;
import latencyscope.recording.EventSource;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventFan;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Scope;
import latencyscope.timeline.CpuRuns;
import latencyscope.timeline.Slices;

/**
 * Writes a report as one HTML file that needs no network and no program but a browser.
 *
 * <p>Verdicts, findings and percentiles are plain markup of templates; a script in the file draws
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
    events.read(new EventFan(new Slices(timeline), new CpuRuns(timeline::addRun), slowest));
    List<Stall> stalls = slowest.stalls();
    List<Window> windows = stalls.stream().map(Stall::longest).toList();
    List<Ledger> ledgers =
        windows.isEmpty() ? List.of() : Explainer.ledgers(events, windows, slowest.counting());
    LedgerBars bars = LedgerBars.of(ledgers, stalls, slowest, Scope.of(capture));
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    Templates.write("page", new Page(report, timeline, bars, zone), writer);
    writer.flush();
  }
}
