package latencyscope.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import latencyscope.recording.CaptureInterval;
import latencyscope.recording.CpuSet;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ProbeState;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

/**
 * Knows when the scheduler's account of a thread is complete, so that time which no event explains
 * was time on the CPU.
 *
 * <p>That is so where the isolation module captured the thread and no record was lost, between two
 * moments at which the thread is known to have run: a stay off the CPU that began before the first
 * or did not end before the last has no record. Used by one thread; filled first, asked then.
 */
final class Coverage {
  private static final String MODULE = "isolation";
  private static final String SWITCH = "ContextSwitch";
  private static final long GAP_NS = 1_000_000;

  private final Map<ThreadId, ThreadFacts> threads = new HashMap<>();
  private long shortestSwitch = Long.MAX_VALUE;
  private Recording recording;
  private boolean nowhere;

  /** Takes an event of a thread. */
  void add(KernelEvent event) {
    if (event.thread() == null || event.thread().osTid() <= 0) {
      return;
    }
    ThreadFacts facts = facts(event.thread());
    long end = event.start() + event.duration();
    switch (event.type()) {
      case SWITCH -> {
        facts.ran(event.start());
        facts.ran(end);
        facts.switched(event.duration());
        shortestSwitch = Math.min(shortestSwitch, event.duration());
      }
      case "RunQueueWait" -> facts.ran(end);
      case "Migration" -> facts.moved(event.start(), event.cpu(), (int) event.number("toCpu", -1));
      default -> {} // others may be told of a thread that does not run
    }
  }

  /** Takes an event that is in the recording although it is below the threshold. */
  void addExemplar(KernelEvent event) {
    if (event.thread() != null && event.type().equals(SWITCH)) {
      ThreadFacts facts = facts(event.thread());
      facts.ran(event.start());
      facts.ran(event.start() + event.duration());
      facts.switched(event.duration());
    }
  }

  /** A thread recorded something at a time, so it ran. */
  void ran(ThreadId thread, long time) {
    facts(thread).ran(time);
  }

  private ThreadFacts facts(ThreadId thread) {
    return threads.computeIfAbsent(thread, t -> new ThreadFacts());
  }

  /** Takes all that is not a single event; from then on it can be asked. */
  void complete(Recording read) {
    recording = read;
    nowhere = whyNowhere() != null;
  }

  /** Why nothing is known to have been on CPU, for all threads; null if there is no reason. */
  String whyNowhere() {
    List<ProbeState> probes =
        recording.probes().stream().filter(p -> MODULE.equals(p.module())).toList();
    if (probes.isEmpty()) {
      return "the isolation module was not captured, so nobody knows when a thread was on its CPU";
    }
    if (!probes.stream().allMatch(ProbeState::attached)) {
      return "a probe of the isolation module was not attached";
    }
    List<CaptureInterval> intervals = recording.intervals();
    for (int i = 1; i < intervals.size(); i++) {
      if (intervals.get(i).start() - intervals.get(i - 1).end() > GAP_NS) {
        return "the capture was interrupted: what threads did across the gap is not known";
      }
    }
    if (intervals.stream().noneMatch(interval -> interval.isComplete(MODULE))) {
      return "records of the isolation module were lost";
    }
    return null;
  }

  /** When, within a window, its thread was on CPU wherever no event says otherwise. */
  Interval complete(Window window) {
    ThreadFacts facts = threads.get(window.thread());
    if (nowhere || facts == null || !isWatched(window)) {
      return Interval.EMPTY;
    }
    Interval known =
        facts.ran().intersect(new Interval(window.start(), window.end())).intersect(sound(window));
    return known.isEmpty() ? Interval.EMPTY : onMonitoredCpus(facts, known, window);
  }

  /**
   * The part of a window in an interval without losses. A stay off the CPU is recorded when it
   * ends: one that touches the window must not have ended where records were lost.
   */
  private Interval sound(Window window) {
    List<CaptureInterval> intervals = recording.intervals();
    for (int i = intervals.size() - 1; i >= 0; i--) {
      CaptureInterval interval = intervals.get(i);
      boolean endsWithin = window.own() && window.end() <= interval.end();
      boolean last = i == intervals.size() - 1;
      if (interval.isComplete(MODULE)
          && (endsWithin || last)
          && window.overlaps(interval.start(), interval.end())) {
        return new Interval(interval.start(), interval.end());
      }
    }
    return Interval.EMPTY;
  }

  // A thread that never left its CPU has no counts, but then every thread must have been watched.
  private boolean isWatched(Window window) {
    boolean roomForAll =
        recording.losses().stream()
            .noneMatch(loss -> MODULE.equals(loss.module()) && loss.type() == null);
    boolean counted = !recording.counters(MODULE).of(window.thread()).isEmpty();
    return counted
        || roomForAll
            && recording.capture().threads().isEmpty()
            && recording.capture().cpus().isEmpty();
  }

  // If only some CPUs were watched, a thread on another one has no records.
  private Interval onMonitoredCpus(ThreadFacts facts, Interval known, Window window) {
    CpuSet cpus = recording.capture().cpus();
    if (cpus.isEmpty()) {
      return known;
    }
    if (!facts.movesKnown(counted(window.thread(), key -> key.startsWith("migrations_")))) {
      return Interval.EMPTY;
    }
    Interval best = Interval.EMPTY;
    int move = facts.moveAfter(known.start());
    for (long from = known.start(); from < known.end(); move++) {
      long to = Math.min(known.end(), facts.moveTime(move));
      int cpu = facts.cpuBefore(move);
      // One that never moved is where its events are.
      boolean monitored = cpu < 0 || cpus.contains(cpu);
      if (monitored && to - from > best.end() - best.start()) {
        best = new Interval(from, to);
      }
      from = to;
    }
    return best;
  }

  /**
   * How long a thread may have been off its CPU in the whole recording without an event that says
   * so, because that was below the threshold. Switches that were counted and have no event were
   * each shorter than any that has one; and together no longer than the capture without the
   * thread's own CPU time and its recorded stays off the CPU. Empty if that is not bounded.
   */
  OptionalLong hidden(ThreadId thread) {
    ThreadFacts facts = threads.get(thread);
    long counted = counted(thread, key -> key.endsWith("_switches"));
    // From the last one the thread has not come back.
    long hidden = counted - (facts == null ? 0 : facts.switches()) - 1;
    if (hidden <= 0) {
      return OptionalLong.of(0);
    }
    long ran = counted(thread, key -> key.equals("cpu_time_ns"));
    long rest = recording.capture().duration() - ran - (facts == null ? 0 : facts.off());
    long byTime = ran > 0 ? Math.max(0, rest) : Long.MAX_VALUE;
    if (shortestSwitch == Long.MAX_VALUE) {
      return byTime == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(byTime);
    }
    long each = Math.max(1, Math.max(shortestSwitch, recording.highestFloor(SWITCH)));
    long byCount = hidden > Long.MAX_VALUE / each ? Long.MAX_VALUE : hidden * each;
    return OptionalLong.of(Math.min(byCount, byTime));
  }

  private long counted(ThreadId thread, Predicate<String> measures) {
    return recording.counters(MODULE).of(thread).entrySet().stream()
        .filter(entry -> measures.test(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
