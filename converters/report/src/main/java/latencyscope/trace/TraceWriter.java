package latencyscope.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.EventSource;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.thread.ThreadId;
import latencyscope.timeline.Slice;
import latencyscope.timeline.Slices;
import latencyscope.trace.TraceOutput.Flow;

/**
 * Writes a recording as a trace: its events as they are read, and who ran on each CPU at the end.
 * Holds no events, only what distinguishes rows, names and threads. Not safe for use by several
 * threads.
 */
public final class TraceWriter implements EventConsumer, Closeable {
  private final Report report;
  private final MergedTrace.Host host;
  private final TraceOutput out;
  private final LongSupplier flows;
  private final Tracks tracks;
  private final long offset;
  private final Tasks tasks;
  private final Scheduling scheduling;
  private final Layout layout;
  private final Counters counters;
  private final Slices slices;
  private int places;

  /**
   * @param host what other recordings of the same host have
   * @param offset what to subtract from a time since the epoch to get the trace's
   * @param points takes what is known of CPUs
   * @param flows numbers of arrows
   */
  TraceWriter(
      Report report,
      MergedTrace.Host host,
      Tasks tasks,
      Layout layout,
      long offset,
      Tracks tracks,
      TraceOutput out,
      ExternalSorter<SchedPoint> points,
      LongSupplier flows) {
    this.report = report;
    this.host = host;
    this.tasks = tasks;
    this.layout = layout;
    this.offset = offset;
    this.tracks = tracks;
    this.out = out;
    this.flows = flows;
    scheduling = new Scheduling(report.recording(), tasks, offset, points);
    slices = new Slices(this::slice, tasks::fullName);
    counters = new Counters(out, tracks, offset);
  }

  /**
   * Writes a trace of one recording. Reads it twice: what is where is known when all has been seen.
   *
   * @throws IOException if it cannot be written
   * @throws RecordingException if the recording cannot be read again
   */
  public static void write(Report report, EventSource events, TraceOutput out)
      throws IOException, RecordingException {
    MergedTrace.write(List.of(new MergedTrace.Source(report, events, "")), out);
  }

  Tracks tracks() {
    return tracks;
  }

  /** Describes the target and its threads. */
  void describe() throws IOException {
    tracks.target();
    for (ThreadId thread : tasks.threads(report.recording())) {
      tracks.thread(thread);
    }
  }

  /** Writes what is known before any event is read. */
  void begin() throws IOException {
    for (Finding finding : report.findings()) {
      finding(finding);
    }
    if (report.costs().isPresent()) {
      alpha(report.costs().get());
    }
  }

  /** No more events. */
  void finish() throws IOException {
    counters.finish();
    scheduling.finish();
  }

  @Override
  public void close() throws IOException {
    scheduling.close();
  }

  private void finding(Finding finding) throws IOException {
    long at = finding.at() == null ? report.recording().capture().start() : finding.at();
    long worst = finding.worstNs() == null ? 0 : finding.worstNs();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("severity", finding.severity().name());
    put(details, "thread", finding.thread() == null ? null : finding.thread().name());
    put(details, "os_tid", finding.thread() == null ? null : finding.thread().osTid());
    put(details, "culprit", finding.culpritInWords());
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
      if (event.type().equals(EventTypes.CONTEXT_SWITCH)) {
        wakeup(event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    slices.acceptExemplar(event);
    try {
      scheduling.add(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    tasks.rename(details);
    cost(details, slice.duration());
    try {
      out.slice(
          row(slice, details),
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

  private Track row(Slice slice, Map<String, Object> details) throws IOException {
    ThreadId thread = slice.lane().thread();
    if (thread == null) {
      Track parent = tracks.lane(slice.lane());
      return tracks.free(parent, slice.type(), slice.start(), Math.max(slice.end(), 1));
    }
    int place = places++;
    delay(layout.delay(place), details);
    int row = layout.row(place);
    return row == SpanStack.OWN ? tracks.thread(thread) : tracks.besides(thread, slice.type(), row);
  }

  private static void delay(Layout.Delay delay, Map<String, Object> details) {
    if (delay != null) {
      put(details, "preempted_by", delay.preemptor());
      put(details, "worst_cause", delay.cause());
      put(details, "worst_cause_ns", delay.cause() == null ? null : delay.causeNs());
    }
  }

  private void cost(Map<String, Object> details, long nanos) {
    if (nanos > 0) {
      report.costs().ifPresent(c -> details.put("cost_dollars", c.rate().dollars(nanos)));
    }
  }

  // An arrow from the waker's row, at the wakeup, to the woken thread's, where it ran again. The
  // waker may be a thread of another recording's target.
  private void wakeup(KernelEvent event) throws IOException {
    int tid = (int) event.number(EventFields.WAKER_TID);
    ThreadId waker = Wakers.isTask(event) ? tasks.thread(tid) : null;
    if (waker == null || event.thread() == null || event.number(EventFields.WAITED) <= 0) {
      return;
    }
    Tracks from = host.tracks(tid, event.number(EventFields.WAKER_PID));
    if (from == null) {
      return;
    }
    long back = event.start() + event.duration() - offset;
    long flow = flows.getAsLong();
    wakeup(
        from,
        waker,
        "wakes " + event.thread().name(),
        back - event.number(EventFields.WAITED),
        new Flow(flow, false));
    wakeup(tracks, event.thread(), "woken by " + waker.name(), back, new Flow(flow, true));
  }

  private void wakeup(Tracks tracks, ThreadId thread, String name, long time, Flow flow)
      throws IOException {
    Track row = tracks.named(tracks.thread(thread), Track.Kind.SLICES, "Wakeups");
    out.slice(row, time, 0, name, "isolation", Map.of(), flow);
  }

  @Override
  public void accept(MeasuredInterval interval) {
    try {
      counters.add(interval);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
