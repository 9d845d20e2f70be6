package latencyscope.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Finding;
import latencyscope.analysis.Report;
import latencyscope.recording.EventConsumer;
import latencyscope.recording.EventSource;
import latencyscope.recording.JvmEvent;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.MeasuredInterval;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingException;
import latencyscope.recording.ThreadId;
import latencyscope.report.ProcessName;
import latencyscope.timeline.Lane;
import latencyscope.timeline.Slice;
import latencyscope.timeline.Slices;
import latencyscope.trace.TraceOutput.Flow;

/**
 * Writes a recording as a trace: its events as they are read, and who ran on each CPU at the end.
 * Holds no events, only what tells rows, names and threads apart. Not safe for use by several
 * threads.
 */
public final class TraceWriter implements EventConsumer {
  private static final int POINTS_IN_MEMORY = 1 << 16;

  private final Report report;
  private final TraceOutput out;
  private final Tracks tracks;
  private final long offset;
  private final SchedEvents scheduling;
  private final Map<Integer, ThreadId> threads = new HashMap<>();
  private final Slices slices = new Slices(this::slice);
  private long flows;

  private TraceWriter(Report report, TraceOutput out, SchedSorter sorter) {
    this.report = report;
    this.out = out;
    Recording recording = report.recording();
    offset = offset(recording);
    scheduling = new SchedEvents(sorter, offset);
    tracks =
        new Tracks(
            out,
            recording.capture().targetPid(),
            ProcessName.of(recording.capture().targetCommand()));
    for (ThreadId thread : recording.threads()) {
      if (thread.osTid() > 0) {
        threads.put((int) thread.osTid(), thread);
      }
    }
  }

  /**
   * What to subtract from a time since the epoch to get the trace's: CLOCK_MONOTONIC where the
   * recording tells, else the time since its begin.
   */
  public static long offset(Recording recording) {
    OptionalLong monotonic = recording.monotonicOffset();
    return monotonic.isPresent() ? monotonic.getAsLong() : recording.capture().start();
  }

  /**
   * Writes a trace.
   *
   * @throws IOException if it cannot be written
   * @throws RecordingException if the recording cannot be read again
   */
  public static void write(Report report, EventSource events, TraceOutput out)
      throws IOException, RecordingException {
    try (SchedSorter sorter = new SchedSorter(POINTS_IN_MEMORY)) {
      TraceWriter writer = new TraceWriter(report, out, sorter);
      writer.begin();
      events.read(writer);
      writer.scheduling(sorter);
      out.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void begin() throws IOException {
    tracks.target();
    for (ThreadId thread : threads.values()) {
      tracks.thread(thread);
    }
    for (Finding finding : report.findings()) {
      finding(finding);
    }
    if (report.costs().isPresent()) {
      alpha(report.costs().get());
    }
  }

  private void finding(Finding finding) throws IOException {
    long at = finding.at() == null ? report.recording().capture().start() : finding.at();
    long worst = finding.worstNs() == null ? 0 : finding.worstNs();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("severity", finding.severity().name());
    put(details, "thread", finding.thread() == null ? null : finding.thread().name());
    put(details, "os_tid", finding.thread() == null ? null : finding.thread().osTid());
    put(details, "culprit", finding.culprit());
    put(details, "count", finding.count());
    put(details, "total_ns", finding.totalNs());
    put(details, "worst_ns", finding.worstNs());
    put(details, "evidence", finding.evidence());
    put(details, "remedy", finding.remedy());
    cost(details, worst);
    Track parent = tracks.process(Tracks.FINDINGS, "LatencyScope findings (the worst of each)");
    Track row = tracks.free(parent, finding.module(), at, at + Math.max(1, worst));
    out.slice(row, at - offset, worst, finding.title(), finding.module(), details, Flow.NONE);
  }

  private static void put(Map<String, Object> details, String key, Object value) {
    if (value != null) {
      details.put(key, value);
    }
  }

  private void alpha(CostReport costs) throws IOException {
    Track process = tracks.process(Tracks.ALPHA, "Alpha (width = dollars)");
    AlphaScale scale =
        AlphaScale.fitting(costs.dollars(costs.root()), report.recording().capture().duration());
    Track row = tracks.named(process, Track.Kind.SLICES, "Alpha: " + scale.describe());
    long at = report.recording().capture().start() - offset;
    for (CostNode module : costs.root().children()) {
      at += alpha(row, at, module, costs, scale);
    }
  }

  private long alpha(Track row, long at, CostNode node, CostReport costs, AlphaScale scale)
      throws IOException {
    double dollars = costs.dollars(node);
    long width = scale.width(dollars);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("cost_dollars", dollars);
    details.put("total_ns", node.totalNs());
    details.put("count", node.count());
    out.slice(row, at, width, node.name(), "alpha", details, Flow.NONE);
    long begin = at;
    for (CostNode child : node.children()) {
      begin += alpha(row, begin, child, costs, scale);
    }
    return width;
  }

  @Override
  public void accept(KernelEvent event) {
    slices.accept(event);
    try {
      scheduling.add(event);
      if (event.type().equals("ContextSwitch")) {
        wakeup(event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    slices.acceptExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return slices.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    slices.accept(event);
  }

  private void slice(Slice slice) {
    Map<String, Object> details = new LinkedHashMap<>(slice.details());
    details.put("duration_ns", slice.duration());
    if (slice.exemplar()) {
      details.put("below_threshold", true);
    }
    cost(details, slice.duration());
    try {
      Track parent = tracks.lane(slice.lane());
      Track row = tracks.free(parent, slice.type(), slice.start(), Math.max(slice.end(), 1));
      out.slice(
          row,
          slice.start() - offset,
          slice.duration(),
          slice.name(),
          slice.module(),
          details,
          Flow.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void cost(Map<String, Object> details, long nanos) {
    if (nanos > 0) {
      report.costs().ifPresent(c -> details.put("cost_dollars", c.rate().dollars(nanos)));
    }
  }

  // An arrow from the waker's row, at the wakeup, to the woken thread's, where it ran again.
  private void wakeup(KernelEvent event) throws IOException {
    ThreadId waker = threads.get((int) event.number("wakerTid"));
    if (waker == null || event.thread() == null || event.number("waited") <= 0) {
      return;
    }
    long back = event.start() + event.duration() - offset;
    long flow = ++flows;
    wakeup(waker, "wakes " + event.thread().name(), back - event.number("waited"), flow, false);
    wakeup(event.thread(), "woken by " + waker.name(), back, flow, true);
  }

  private void wakeup(ThreadId thread, String name, long time, long flow, boolean last)
      throws IOException {
    Track row = tracks.named(tracks.thread(thread), Track.Kind.SLICES, "Wakeups");
    out.slice(row, time, 0, name, "isolation", Map.of(), new Flow(flow, last));
  }

  @Override
  public void accept(MeasuredInterval interval) {
    try {
      Track parent =
          tracks.lane(
              interval.subject() == null
                  ? new Lane(interval.thread(), -1)
                  : new Lane(null, interval.subject().cpu()));
      String name = interval.measure();
      if (interval.subject() != null && interval.subject().name() != null) {
        name = interval.subject().name() + " " + name;
      }
      long time = interval.start() - offset;
      for (double percent : new double[] {50, 99, 99.9}) {
        OptionalLong value = interval.distribution().percentile(percent);
        if (value.isPresent()) {
          String label = name + " P" + (percent == 99.9 ? "99.9" : "" + (int) percent);
          out.counter(tracks.named(parent, Track.Kind.NANOSECONDS, label), time, value.getAsLong());
        }
      }
      Track max = tracks.named(parent, Track.Kind.NANOSECONDS, name + " max");
      out.counter(max, time, interval.distribution().max());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void scheduling(SchedSorter sorter) throws IOException {
    Map<Integer, String> others = scheduling.names();
    SchedTrack track =
        new SchedTrack(
            out,
            threads::containsKey,
            task ->
                threads.containsKey(task)
                    ? threads.get(task).name()
                    : others.getOrDefault(task, "task " + task));
    sorter.drain(track::accept);
    track.finish();
  }
}
