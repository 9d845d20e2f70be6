package latencyscope.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.number.ClockWords;
import latencyscope.recording.ClockRelation;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.trace.TraceOutput.Clock;
import latencyscope.trace.TraceOutput.Flow;

/**
 * Writes one or more recordings as one trace, on the first one's clock. Those of one boot of a host
 * share its CPUs; each further host has rows of its own. Not safe for use by several threads.
 */
public final class MergedTrace implements Closeable {
  private static final int IN_MEMORY = 1 << 16;

  private final TraceOutput out;
  private final List<Host> hosts = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final LongSupplier trackIds = counter();
  private final LongSupplier flows = counter();

  /**
   * A recording.
   *
   * @param report what there is to say
   * @param events its events
   * @param name what distinguishes it from the others
   */
  public record Source(Report report, EventSource events, String name) {}

  /** Recordings of one boot of one host. */
  final class Host {
    private final List<Part> own = new ArrayList<>();
    private final Map<Long, Long> interrupts = new HashMap<>();
    private ExternalSorter<SchedPoint> points;
    private Tasks tasks;
    private TraceOutput output;

    /** The rows of the process that a task belongs to; null if no recording is of it. */
    Tracks tracks(int tid, long pid) {
      for (Part part : own) {
        long target = part.recording().capture().targetPid();
        if (tasks.isOf(part.recording(), tid) && (pid <= 0 || target <= 0 || pid == target)) {
          return part.writer.tracks();
        }
      }
      return null;
    }

    // Two recordings may both have an interrupt: on a CPU, the same cannot come twice at a time.
    private boolean isRepeated(SchedPoint point) {
      boolean interrupt =
          point.kind() == SchedPoint.Kind.IRQ || point.kind() == SchedPoint.Kind.SOFTIRQ;
      if (own.size() == 1 || !interrupt) {
        return false;
      }
      long key =
          Pair.of(point.cpu() * 2 + (point.kind() == SchedPoint.Kind.IRQ ? 0 : 1), point.task());
      Long end = interrupts.get(key);
      if (end != null && point.time() < end) {
        return true;
      }
      interrupts.put(key, point.end());
      return false;
    }

    private int cpus() {
      return own.stream()
          .mapToInt(part -> part.recording().host().online().last().orElse(-1) + 1)
          .max()
          .orElse(0);
    }
  }

  private final class Part {
    private final Source source;
    private final ClockRelation clocks;
    private final Host host;
    private Layout layout;
    private TraceWriter writer;

    Part(Source source, ClockRelation clocks, Host host) {
      this.source = source;
      this.clocks = clocks;
      this.host = host;
    }

    private Recording recording() {
      return source.report.recording();
    }
  }

  private MergedTrace(List<Source> sources, TraceOutput out) {
    this.out = out;
    Recording first = sources.get(0).report.recording();
    for (Source source : sources) {
      Recording recording = source.report.recording();
      Host host = hostOf(recording);
      ClockRelation clocks =
          parts.isEmpty() ? ClockRelation.ITSELF : ClockRelation.of(first, recording);
      Part part = new Part(source, clocks, host);
      host.own.add(part);
      parts.add(part);
    }
  }

  private Host hostOf(Recording recording) {
    for (Host host : hosts) {
      if (ClockRelation.of(host.own.get(0).recording(), recording).oneBoot()) {
        return host;
      }
    }
    Host host = new Host();
    hosts.add(host);
    return host;
  }

  private static LongSupplier counter() {
    long[] last = {0};
    return () -> ++last[0];
  }

  /**
   * Writes a trace. Reads each recording twice: what is where is known when all has been seen.
   *
   * @param sources one or more; the first has the trace's clock
   * @throws IOException if it cannot be written
   * @throws RecordingException if a recording cannot be read again
   */
  public static void write(List<Source> sources, TraceOutput out)
      throws IOException, RecordingException {
    try (MergedTrace trace = new MergedTrace(sources, out)) {
      trace.write();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void write() throws IOException, RecordingException {
    if (hosts.size() > OtherHost.MOST_HOSTS) {
      throw new IOException(hosts.size() + " hosts are more than a trace can hold");
    }
    layOut();
    Clock clock = clock();
    out.begin(clock);
    int cpus = 0;
    for (int i = 0; i < hosts.size(); i++) {
      Host host = hosts.get(i);
      host.output = i == 0 ? out : new OtherHost(out, i, cpus);
      cpus += host.cpus();
      write(host, clock);
    }
    clocks(clock);
    out.finish();
  }

  private void layOut() throws IOException, RecordingException {
    for (Host host : hosts) {
      host.tasks = new Tasks(host.own.stream().map(Part::recording).toList());
      host.points = new ExternalSorter<>(SchedPoint.BY_TIME, IN_MEMORY);
    }
    for (Part part : parts) {
      part.layout = new Layout(part.host.tasks, earliest(part.source.report));
      part.source.events.read(part.layout);
      part.layout.complete();
    }
  }

  private static long earliest(Report report) {
    long start = report.recording().capture().start();
    long earliest = start > 0 ? start : Long.MAX_VALUE;
    for (Finding finding : report.findings()) {
      earliest = finding.at() == null ? earliest : Math.min(earliest, finding.at());
    }
    return earliest;
  }

  // CLOCK_MONOTONIC where the recording has it, else the time since the first event.
  private Clock clock() {
    long first =
        parts.stream()
            .mapToLong(part -> part.layout.first() + part.clocks.shift())
            .min()
            .orElseThrow();
    OptionalLong monotonic = parts.get(0).recording().monotonicOffset();
    boolean known = monotonic.isPresent() && first >= monotonic.getAsLong();
    return new Clock(known ? monotonic.getAsLong() : first, known, first);
  }

  private void write(Host host, Clock clock) throws IOException, RecordingException {
    for (Part part : host.own) {
      int number = parts.indexOf(part);
      String suffix = parts.size() == 1 ? "" : " · " + part.source.name;
      Tracks tracks = new Tracks(host.output, part.recording().capture(), number, suffix, trackIds);
      part.writer =
          new TraceWriter(
              part.source.report,
              host,
              host.tasks,
              part.layout,
              clock.offset() - part.clocks.shift(),
              tracks,
              host.output,
              host.points,
              flows);
    }
    for (Part part : host.own) {
      part.writer.describe();
    }
    for (Tasks.Other other : host.tasks.others()) {
      host.output.task(other.tid(), other.pid(), other.name());
    }
    for (Part part : host.own) {
      try (TraceWriter writer = part.writer) {
        writer.begin();
        part.source.events.read(writer);
        writer.finish();
      }
    }
    SchedTrack track = new SchedTrack(host.output, host.tasks);
    host.points.drain(point -> {
      if (!host.isRepeated(point)) {
        track.accept(point);
      }
    });
    track.finish();
  }

  /** Says of each recording what ties it to the first. */
  private void clocks(Clock clock) throws IOException {
    if (parts.size() == 1) {
      return;
    }
    Tracks tracks = parts.get(0).writer.tracks();
    Track process = tracks.process(Tracks.CLOCKS, "Recordings and their clocks");
    for (Part part : parts) {
      Recording recording = part.recording();
      Map<String, Object> details = new LinkedHashMap<>();
      String host = ClockRelation.name(recording);
      if (host != null) {
        details.put("host", host);
      }
      details.put("pid", recording.capture().targetPid());
      details.put(
          "clock",
          part.clocks == ClockRelation.ITSELF
              ? "the trace's own"
              : "tied to the first recording by " + ClockWords.of(part.clocks));
      part.clocks.wholeErrorNs().ifPresent(error -> details.put("error_ns", error));
      details.put("wall_clock_drift_ns", recording.wallDriftNs());
      long start = recording.capture().start() + part.clocks.shift() - clock.offset();
      Track row = tracks.named(process, Track.Kind.SLICES, part.source.name);
      parts
          .get(0)
          .host
          .output
          .slice(
              row,
              start,
              recording.capture().duration(),
              part.source.name,
              "capture",
              details,
              Flow.NONE);
    }
  }

  @Override
  public void close() throws IOException {
    for (Part part : parts) {
      if (part.layout != null) {
        part.layout.close();
      }
    }
    for (Host host : hosts) {
      if (host.points != null) {
        host.points.close();
      }
    }
  }
}
