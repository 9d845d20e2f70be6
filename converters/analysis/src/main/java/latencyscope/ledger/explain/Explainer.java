package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Interval;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.Names;
import latencyscope.ledger.Segment;
import latencyscope.ledger.Span;
import latencyscope.ledger.SpanIndex;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.Unexplained;
import latencyscope.ledger.Window;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventFan;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.Scope;
import latencyscope.recording.thread.ThreadId;

/**
 * Explains windows of a recording. Reads it twice: once to find the windows, once to give each what
 * is recorded of its thread meanwhile, so that memory holds no event that concerns none of them.
 */
public final class Explainer {
  private static final long HORIZON_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int COUNTERFACTUALS = 5;
  private static final double[] PERCENTILES = {50, 99, 99.9, 99.99, 99.999, 100};

  private final Query query;
  private final FirstReading first;
  private final Recording recording;
  private final Map<ThreadId, SpanIndex> spans;
  private final WakeEdges edges;
  private final CircumstancesReading circumstances;

  private Explainer(
      Query query,
      FirstReading first,
      Recording recording,
      Map<ThreadId, SpanIndex> spans,
      WakeEdges edges,
      CircumstancesReading circumstances) {
    this.query = query;
    this.first = first;
    this.recording = recording;
    this.spans = spans;
    this.edges = edges;
    this.circumstances = circumstances;
  }

  /**
   * Explains windows that the caller knows, in their order.
   *
   * @param source the recording
   * @throws RecordingException if it cannot be read
   */
  public static List<Ledger> ledgers(EventSource source, List<Window> windows)
      throws RecordingException {
    return ledgers(source, windows, new EventFan());
  }

  /**
   * Explains windows that the caller knows, in their order.
   *
   * @param source the recording
   * @param beside gets every event too, once: for a caller that would else read it once more
   * @throws RecordingException if it cannot be read
   */
  public static List<Ledger> ledgers(EventSource source, List<Window> windows, EventConsumer beside)
      throws RecordingException {
    LedgerReading reading = new LedgerReading();
    Recording recording = source.read(new EventFan(reading, beside));
    source.read(reading.secondReading(recording, windows));
    return reading.ledgers();
  }

  /**
   * Explains what is asked for.
   *
   * @param source the recording
   * @throws RecordingException if it cannot be read
   * @throws UnknownEventException if there is no such event
   */
  public static Explanation explain(EventSource source, Query query)
      throws RecordingException, UnknownEventException {
    FirstReading first = new FirstReading(query);
    Recording recording = source.read(first);
    first.complete(recording);
    if (query.event() == null) {
      addGivenTimes(query, first.windows, recording);
    } else if (first.windows.all().isEmpty()) {
      refuseUnknown(source, query);
    }
    return of(source, query, first, recording).explanation();
  }

  /**
   * Explains what a thread did between two times.
   *
   * @param source the recording
   * @param tid its OS thread id
   * @param from nanoseconds since the epoch
   * @param to nanoseconds since the epoch
   * @return null if the recording does not know the thread
   * @throws RecordingException if it cannot be read
   */
  static Explained thread(EventSource source, long tid, long from, long to)
      throws RecordingException {
    Query query = new Query(null, null, from, to, 1);
    FirstReading first = new FirstReading(query);
    Recording recording = source.read(first);
    first.complete(recording);
    ThreadId thread = null;
    for (ThreadId known : recording.threads()) {
      thread = known.osTid() == tid ? known : thread;
    }
    if (thread == null || to <= from) {
      return null;
    }
    Window window = new Window(null, "the given time", thread, from, to, false);
    first.windows.add(window);
    return of(source, query, first, recording).explained(new Stall(window));
  }

  /** Reads a recording for the second time, when its windows are known. */
  private static Explainer of(
      EventSource source, Query query, FirstReading first, Recording recording)
      throws RecordingException {
    first.windows.seal(first.mounts);
    Names names = new Names(recording);
    SpanReader reader = new SpanReader(names, first.safepoints);
    WakeEdges edges = new WakeEdges(names, first.windows.longest(), HORIZON_NS);
    CircumstancesReading circumstances = new CircumstancesReading(first.windows.longest());
    source.read(new SecondReading(reader, first, edges, circumstances));
    return new Explainer(query, first, recording, first.windows.index(), edges, circumstances);
  }

  // Without an event, each thread's time between the given ones is a window.
  private static void addGivenTimes(Query query, WindowSet windows, Recording recording) {
    Query.Matcher threads = query.threads();
    List<CaptureInterval> captured = recording.intervals();
    long begin = captured.isEmpty() ? recording.capture().start() : captured.get(0).start();
    long end = begin + recording.capture().duration();
    for (CaptureInterval interval : captured) {
      end = Math.max(end, interval.end());
    }
    long from = query.from() == Long.MIN_VALUE ? begin : query.from();
    long to = Math.max(from, query.to() == Long.MAX_VALUE ? end : query.to());
    for (ThreadId thread : recording.threads()) {
      if (thread.osTid() > 0 && threads.matches(thread) && !query.leavesOut(thread)) {
        windows.add(new Window(null, "the given time", thread, from, to, false));
      }
    }
  }

  private static void refuseUnknown(EventSource source, Query query)
      throws RecordingException, UnknownEventException {
    Set<String> existing = new TreeSet<>();
    boolean[] found = {false};
    EventConsumer names =
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {
            String type = event.fullType();
            found[0] |= query.isEvent(type);
            existing.add(type);
          }

          @Override
          public boolean wants(String type) {
            return true;
          }

          @Override
          public void accept(JvmEvent event) {
            if (query.isEvent(event.type())) {
              found[0] = true;
            } else if (event.duration() > 0 && event.thread() != null) {
              existing.add(event.type());
            }
          }
        };
    source.read(names);
    // There are such events, only none where or when it was asked for.
    if (!found[0]) {
      throw new UnknownEventException(query.event(), List.copyOf(existing));
    }
  }

  private Explanation explanation() {
    Sums sums = new Sums();
    WindowSet windows = first.windows;
    Set<Window> explainable = windows.spansLeftOut() ? new HashSet<>(windows.longest()) : null;
    for (Window window : windows.all()) {
      if (explainable == null || explainable.contains(window)) {
        sums.add(ledger(window));
      }
    }
    Sorted lengths = new Sorted(windows.all().stream().mapToLong(Window::duration).toArray());
    boolean whole = explainable == null && query.event() != null;
    return new Explanation(
        query.event() == null ? null : first.eventName,
        lengths,
        windows.stalls().stream().map(this::explained).toList(),
        sums.parts(),
        sums.unexplained(),
        sums.windows(),
        whole ? sums.without(COUNTERFACTUALS, lengths, resolvable(lengths.count())) : List.of(),
        notes(sums.unexplained() > 0),
        Scope.of(recording.capture()));
  }

  /** The percentiles that a number of windows can resolve, and the greatest. */
  private static List<Double> resolvable(int count) {
    return DoubleStream.of(PERCENTILES)
        .filter(percent -> percent == 100 || count >= Distribution.needed(percent))
        .boxed()
        .toList();
  }

  private Ledger ledger(Window window) {
    return ledger(window, spans, first);
  }

  static Ledger ledger(Window window, Map<ThreadId, SpanIndex> spans, FirstReading first) {
    List<Span> known = of(window, spans);
    if (!Mounts.isVirtual(window.thread())) {
      return Ledger.of(window, known, first.coverage.complete(window));
    }
    for (Window piece : WindowSet.onCarriers(window, first.mounts)) {
      of(piece, spans).forEach(span -> known.add(span.cut(piece.start(), piece.end())));
      Interval complete = first.coverage.complete(piece);
      known.add(Span.of(Cause.ON_CPU, complete.start(), complete.end(), null, null, -1));
    }
    return Ledger.of(window, known, Interval.EMPTY);
  }

  private static List<Span> of(Window window, Map<ThreadId, SpanIndex> spans) {
    return spans
        .getOrDefault(window.thread(), SpanIndex.EMPTY)
        .overlapping(window.start(), window.end());
  }

  private Explained explained(Stall stall) {
    Window window = stall.longest();
    Ledger ledger = ledger(window);
    List<Window> pieces = WindowSet.onCarriers(window, first.mounts);
    WakeEdges.Chain chain =
        ledger.segments().stream()
            .filter(segment -> segment.cause() == Cause.BLOCKED)
            .max(Comparator.comparingLong(Segment::ns))
            .map(blocked -> edges.chain(osThread(window, pieces, blocked), blocked))
            .orElse(WakeEdges.Chain.NONE);
    Carriers carriers = carriers(window, pieces);
    return new Explained(
        ledger,
        stall.others(),
        hidden(ledger, pieces),
        chain.links(),
        circumstances.of(window),
        carriers,
        unexplained(ledger),
        chain.outside(),
        null);
  }

  // Of a virtual thread, what is known of its carrier says why.
  private List<Unexplained> unexplained(Ledger ledger) {
    return ledger.unexplained() == 0 || Mounts.isVirtual(ledger.window().thread())
        ? List.of()
        : first.coverage.reasons(ledger.window(), ledger.segments());
  }

  private long hidden(Ledger ledger, List<Window> pieces) {
    long soft = ledger.of(Cause.ON_CPU) + ledger.of(Cause.SYSCALL);
    Set<ThreadId> threads = new HashSet<>();
    pieces.forEach(piece -> threads.add(piece.thread()));
    threads.add(ledger.window().thread());
    long sum = 0;
    for (ThreadId thread : threads) {
      OptionalLong bound = first.coverage.hidden(thread, ledger.window());
      if (bound.isEmpty()) {
        return soft == 0 ? 0 : -1;
      }
      sum = Math.min(soft, sum + Math.min(soft, bound.getAsLong()));
    }
    return sum;
  }

  /** The thread that the kernel knows at that time. */
  private static ThreadId osThread(Window window, List<Window> pieces, Segment segment) {
    return pieces.stream()
        .filter(piece -> piece.overlaps(segment.start(), segment.end()))
        .map(Window::thread)
        .findFirst()
        .orElse(window.thread());
  }

  private static Carriers carriers(Window window, List<Window> pieces) {
    if (!Mounts.isVirtual(window.thread())) {
      return null;
    }
    Set<String> names = new TreeSet<>();
    pieces.forEach(piece -> names.add(piece.thread().name()));
    return new Carriers(List.copyOf(names), pieces.stream().mapToLong(Window::duration).sum());
  }

  /** Modules whose events are about a thread's time. */
  private static List<String> explaining() {
    return EventTypes.ALL.stream()
        .filter(type -> !type.ledgerCause().isEmpty())
        .map(EventDescription::module)
        .distinct()
        .sorted()
        .toList();
  }

  private List<String> notes(boolean unexplained) {
    List<String> notes = new ArrayList<>();
    if (first.isBetween) {
      notes.add(
          "These events have no duration: a window is the time from one to the next of its"
              + " thread.");
    }
    if (unexplained) {
      Scope.of(recording.capture())
          .limits()
          .ifPresent(
              limits -> notes.add("Unexplained time may lie outside the capture: " + limits + "."));
    }
    String nowhere = first.coverage.whyOnCpuUnknown();
    if (nowhere != null) {
      notes.add("On-CPU time is unknown: " + nowhere + ".");
    }
    List<String> missing = new ArrayList<>(explaining());
    recording.probes().stream()
        .filter(ProbeState::attached)
        .forEach(probe -> missing.remove(probe.module()));
    if (!missing.isEmpty() && nowhere == null) {
      notes.add(
          "Not captured: "
              + String.join(", ", missing)
              + ". What "
              + (missing.size() == 1 ? "it" : "they")
              + " would show is counted as on CPU or blocked.");
    }
    if (first.windows.leftOut() > 0) {
      notes.add(
          String.format(
              "%,d further windows were left out: the limit is %,d.",
              first.windows.leftOut(), WindowSet.MAX_WINDOWS));
    }
    if (first.windows.spansLeftOut()) {
      notes.add("Too many events overlap the windows: only the longest were explained.");
    }
    if (first.windows.longestIncomplete()) {
      notes.add("Even the longest windows lack some events: there were too many.");
    }
    if (edges.isFull()) {
      notes.add("Wake chains may be incomplete: there were too many wakeups to keep them all.");
    }
    if (first.ofOwnThreads > 0) {
      notes.add(
          String.format(
              "%,d windows of LatencyScope's own threads were left out;"
                  + " --thread 'latencyscope-*' explains them.",
              first.ofOwnThreads));
    }
    if (first.withoutThread > 0) {
      notes.add(
          String.format(
              "%,d windows belong to no thread and were left out; --thread GLOB explains what"
                  + " threads did meanwhile.",
              first.withoutThread));
    }
    notes.addAll(recording.notes());
    return notes;
  }
}
