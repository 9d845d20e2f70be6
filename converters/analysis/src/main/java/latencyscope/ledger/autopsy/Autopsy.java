package latencyscope.ledger.autopsy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Coverage;
import latencyscope.ledger.Interval;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Names;
import latencyscope.ledger.Segment;
import latencyscope.ledger.Span;
import latencyscope.ledger.SpanIndex;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.Window;
import latencyscope.ledger.autopsy.SafepointAutopsy.Arrival;
import latencyscope.ledger.safepoint.GarbageCollections;
import latencyscope.ledger.safepoint.Pause;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds out what made the JVM's longest pauses long: safepoints that were long in coming, and
 * garbage collections whose workers did not run.
 *
 * <p>A recording is read twice for it, if it has any pause. Bounded: so many of the worst are kept,
 * and so many spans of all threads meanwhile. Used by one thread.
 */
public final class Autopsy implements EventConsumer {
  public static final String PAUSE = "jdk.GCPhasePause";

  /** How many safepoints, and how many pauses, are looked into: the worst. */
  public static final int WORST = 1_000;

  // What is kept of the very worst is not to depend on how many others came before them.
  private static final int VERY_WORST = 20;
  private static final int MAX_SPANS = 200_000;
  private static final int ARRIVALS = 5;
  // How far two probes may differ on when a thread was woken.
  private static final long WAKEUP_NS = TimeUnit.MICROSECONDS.toNanos(1);
  // A thread says that it has stopped before it leaves its CPU.
  private static final long SLACK_NS = TimeUnit.MICROSECONDS.toNanos(100);

  private final Coverage coverage = new Coverage();
  private final Safepoints safepoints = new Safepoints();
  private final Samples samples = new Samples();
  private final GarbageCollections collections = new GarbageCollections();
  private final PriorityQueue<Pause> worstPauses =
      new PriorityQueue<>(Comparator.comparingLong(Pause::duration));
  private final Map<ThreadId, List<Span>> spans = new HashMap<>();
  private final Map<ThreadId, SpanIndex> indexes = new HashMap<>();
  private long pauses;
  private long pausedNs;
  private long shortestPause = Long.MAX_VALUE;
  private int kept;
  private int keptOfOthers;

  /** Creates one that knows no pause. */
  public Autopsy() {}

  @Override
  public void accept(KernelEvent event) {
    coverage.add(event);
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    coverage.addExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return type.equals(PAUSE)
        || type.equals(Samples.TYPE)
        || type.equals(GarbageCollections.TYPE)
        || Safepoints.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    if (event.type().equals(GarbageCollections.TYPE)) {
      collections.add(event);
      return;
    }
    if (event.type().equals(Samples.TYPE)) {
      return;
    }
    if (!event.type().equals(PAUSE)) {
      safepoints.add(event);
      return;
    }
    pauses++;
    pausedNs += event.duration();
    shortestPause = Math.min(shortestPause, event.duration());
    String name = event.text("name");
    worstPauses.add(
        new Pause(
            event.number("gcId"),
            name == null ? event.label() : name,
            null,
            null,
            event.start(),
            event.duration()));
    if (worstPauses.size() > WORST) {
      worstPauses.remove();
    }
  }

  /** How many garbage collection pauses there were. */
  public long pauses() {
    return pauses;
  }

  /** How long they were together, nanoseconds. */
  public long pausedNs() {
    return pausedNs;
  }

  /** The shortest pause that is recorded, nanoseconds; the greatest long if there is none. */
  public long shortestPause() {
    return shortestPause;
  }

  /** Whether every pause of at least some length was looked into, nanoseconds. */
  public boolean looksIntoPausesFrom(long ns) {
    return pauses <= WORST || worstPauses.peek().duration() < ns;
  }

  /** Whether every safepoint was looked into that took at least so long to come, nanoseconds. */
  public boolean looksIntoSafepointsFrom(long ns) {
    List<Safepoint> worst = worstSafepoints();
    return safepoints.leftOut() == 0
        && (worst.size() < WORST || worst.get(WORST - 1).timeToSafepoint() < ns);
  }

  /** Every safepoint. */
  public Safepoints safepoints() {
    return safepoints;
  }

  private List<Safepoint> worstSafepoints() {
    return safepoints.all().stream()
        .sorted(Comparator.comparingLong(Safepoint::timeToSafepoint).reversed())
        .limit(WORST)
        .toList();
  }

  /**
   * What takes the recording's events for the second time; empty if there was no pause.
   *
   * @param recording all that is not a single event
   */
  public Optional<EventConsumer> secondReading(Recording recording) {
    coverage.complete(recording);
    List<Interval> paused =
        sortedPauses().stream().map(one -> new Interval(one.start(), one.end())).toList();
    List<Interval> stopped =
        worstSafepoints().stream().map(one -> new Interval(one.start(), one.end())).toList();
    if (paused.isEmpty() && stopped.isEmpty()) {
      return Optional.empty();
    }
    Times veryWorst =
        new Times(
            Stream.of(paused, stopped).flatMap(all -> all.stream().limit(VERY_WORST)).toList());
    Times all = new Times(Stream.of(paused, stopped).flatMap(List::stream).toList());
    SpanReader reader = new SpanReader(new Names(recording), safepoints);
    Times sampled =
        new Times(
            worstSafepoints().stream()
                .map(one -> new Interval(one.start() - Samples.BEFORE_NS, one.reached() + 1))
                .toList());
    return Optional.of(new Meanwhile(reader, veryWorst, all, sampled));
  }

  private List<Pause> sortedPauses() {
    return worstPauses.stream()
        .sorted(Comparator.comparingLong(Pause::duration).reversed())
        .toList();
  }

  /** Keeps what any thread did during the pauses, and learns when threads ran. */
  private final class Meanwhile implements EventConsumer {
    private final SpanReader reader;
    private final Times veryWorst;
    private final Times all;
    private final Times sampled;

    Meanwhile(SpanReader reader, Times veryWorst, Times all, Times sampled) {
      this.reader = reader;
      this.veryWorst = veryWorst;
      this.all = all;
      this.sampled = sampled;
    }

    @Override
    public boolean wants(String type) {
      return Autopsy.this.wants(type);
    }

    @Override
    public void accept(JvmEvent event) {
      if (event.type().equals(Samples.TYPE) && sampled.overlap(event.start(), event.start() + 1)) {
        samples.add(event);
      }
      if (event.thread() != null && event.thread().osTid() > 0) {
        coverage.ran(event.thread(), event.start() + event.duration());
      }
    }

    @Override
    public void accept(KernelEvent event) {
      coverage.addRuns(event);
      long end = event.start() + event.duration();
      if (event.thread() == null || event.thread().osTid() <= 0) {
        return;
      }
      if (veryWorst.overlap(event.start(), end)) {
        if (kept < MAX_SPANS) {
          kept++;
          keep(event);
        }
      } else if (keptOfOthers < MAX_SPANS && all.overlap(event.start(), end)) {
        keptOfOthers++;
        keep(event);
      }
    }

    private void keep(KernelEvent event) {
      spans.computeIfAbsent(event.thread(), t -> new ArrayList<>()).addAll(reader.of(event));
    }

    @Override
    public void acceptExemplar(KernelEvent event) {
      accept(event);
    }
  }

  /** Whether there was more than could be kept, so that reasons may be missing. */
  public boolean isIncomplete() {
    return kept >= MAX_SPANS || keptOfOthers >= MAX_SPANS;
  }

  private Ledger ledger(String event, String label, ThreadId thread, long start, long end) {
    Window window = new Window(event, label, thread, start, end, false);
    SpanIndex index =
        indexes.computeIfAbsent(thread, t -> new SpanIndex(spans.getOrDefault(t, List.of())));
    return Ledger.of(window, index.overlapping(start, end), coverage.complete(window));
  }

  /** The longest garbage collection pauses, the longest first. */
  public List<PauseAutopsy> longestPauses() {
    List<PauseAutopsy> autopsies = new ArrayList<>();
    for (Pause pause : sortedPauses()) {
      List<Ledger> workers = new ArrayList<>();
      for (ThreadId thread : spans.keySet()) {
        Role role = Role.of(thread.name());
        if (role == Role.GC_WORKER || role == Role.VM_THREAD) {
          Ledger ledger = ledger(PAUSE, pause.name(), thread, pause.start(), pause.end());
          // One that slept all the while had nothing to do.
          if (ledger.of(Cause.BLOCKED) < pause.duration()
              && ledger.unexplained() < pause.duration()) {
            workers.add(ledger);
          }
        }
      }
      autopsies.add(new PauseAutopsy(pause.of(collections.of(pause.gcId())), workers));
    }
    return autopsies;
  }

  /** The safepoints that were longest in coming, the longest first. */
  public List<SafepointAutopsy> latestSafepoints() {
    return worstSafepoints().stream().map(this::autopsy).toList();
  }

  private SafepointAutopsy autopsy(Safepoint safepoint) {
    List<Arrival> arrivals = new ArrayList<>();
    Ledger vmThread = null;
    for (ThreadId thread : spans.keySet()) {
      Role role = Role.of(thread.name());
      if (role.isStopped() && role != Role.RECORDER && role != Role.PROFILER) {
        arrival(safepoint, thread, role).ifPresent(arrivals::add);
      } else if (role == Role.VM_THREAD) {
        vmThread = synchronization(safepoint, thread, safepoint.reached());
      }
    }
    arrivals.sort(
        Comparator.comparingLong(Arrival::at)
            .reversed()
            .thenComparing(arrival -> arrival.ledger().window().thread().osTid()));
    return new SafepointAutopsy(
        safepoint, arrivals.subList(0, Math.min(ARRIVALS, arrivals.size())), vmThread);
  }

  private Ledger synchronization(Safepoint safepoint, ThreadId thread, long until) {
    return ledger(
        "jdk.SafepointStateSynchronization", safepoint.words(), thread, safepoint.start(), until);
  }

  // It still is until it has a CPU again and leaves the call that it blocked in.
  private boolean wasStopped(ThreadId thread, Segment segment) {
    if (segment.cause() != Cause.RUNNABLE && segment.cause() != Cause.THROTTLED) {
      return segment.cause() == Cause.BLOCKED || segment.cause() == Cause.STOPPED;
    }
    long since = segment.span().start();
    return indexes.get(thread).overlapping(since - WAKEUP_NS, since).stream()
        .anyMatch(span -> span.cause() == Cause.BLOCKED || span.cause() == Cause.STOPPED);
  }

  /**
   * When a thread stopped. One that was blocked when the safepoint was requested counts as stopped:
   * the JVM does not wait for it. Of one whose stop is too short to be recorded it is known how
   * long it was kept from running.
   */
  private Optional<Arrival> arrival(Safepoint safepoint, ThreadId thread, Role role) {
    Ledger whole = synchronization(safepoint, thread, safepoint.reached() + SLACK_NS);
    long at = Long.MIN_VALUE;
    for (Segment segment : whole.segments()) {
      if (segment.start() == safepoint.start() && wasStopped(thread, segment)) {
        return Optional.empty();
      }
      if (segment.cause() == Cause.STOPPED) {
        at = segment.start();
        break;
      }
      // Only of one that stopped is it known that the JVM waited for it, if it is a compiler.
      if (segment.cause().isStolen() && !role.isCompiler()) {
        at = Math.min(segment.end(), safepoint.reached());
      }
    }
    if (at <= safepoint.start()) {
      return Optional.empty();
    }
    Ledger until = synchronization(safepoint, thread, at);
    return Optional.of(new Arrival(at, until, samples.last(thread, safepoint.start(), at)));
  }
}
