package latencyscope.ledger;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.Scope;
import latencyscope.recording.thread.ThreadId;

/**
 * Knows when the scheduler's account of a thread is complete, so that time which no event explains
 * was time on the CPU.
 *
 * <p>That is so where all records of the isolation module were read and none was lost, between two
 * moments at which the thread is known to have run. A stay off the CPU is recorded when it ends:
 * one that began before the first moment, or that had not ended when the records were read, has no
 * record.
 *
 * <p>Used by one thread, in this order: single events are added, {@link #complete(Recording)} takes
 * what holds for all, the same events say in a second reading when threads ran, then it is asked.
 */
public final class Coverage {
  private static final String MODULE = "isolation";
  private static final String OWN_PREFIX = "latencyscope-";
  private static final String SWITCH = EventTypes.CONTEXT_SWITCH;

  private final Map<ThreadId, ThreadFacts> threads = new HashMap<>();
  private long shortestSwitch = Long.MAX_VALUE;
  private Recording recording;
  private Evidence evidence = Evidence.NONE;
  private boolean nowhere;

  /** Whether threads are followed on CPUs that the capture leaves out. */
  private boolean follows;

  /** Takes an event of a thread. */
  public void add(KernelEvent event) {
    if (event.thread() == null || event.thread().osTid() <= 0) {
      return;
    }
    follows |= event.followsThreads();
    ThreadFacts facts = facts(event.thread());
    switch (event.type()) {
      case SWITCH -> {
        switched(facts, event);
        shortestSwitch = Math.min(shortestSwitch, event.duration());
      }
      case EventTypes.MIGRATION ->
          facts.moved(event.start(), event.cpu(), (int) event.number(EventFields.TO_CPU, -1));
      default -> {}
    }
  }

  /** Takes an event that is in the recording although it is below the threshold. */
  public void addExemplar(KernelEvent event) {
    if (event.thread() != null && event.type().equals(SWITCH)) {
      switched(facts(event.thread()), event);
    }
  }

  private static void switched(ThreadFacts facts, KernelEvent event) {
    if (event.isOutside()) {
      facts.switchedOutside(event.duration());
    } else {
      facts.switched(event.duration());
    }
  }

  /** Takes when an event's thread ran; for the second reading. */
  public void addRuns(KernelEvent event) {
    if (event.thread() == null || event.thread().osTid() <= 0) {
      return;
    }
    long end = event.start() + event.duration();
    switch (event.type()) {
      case SWITCH -> {
        ran(event.thread(), event.start());
        ran(event.thread(), end);
      }
      case EventTypes.RUN_QUEUE_WAIT -> ran(event.thread(), end);
      default -> {} // others may be recorded for a thread that does not run
    }
  }

  /** A thread recorded something at a time, so it ran; for the second reading. */
  public void ran(ThreadId thread, long time) {
    facts(thread).ran(time, evidence);
  }

  private ThreadFacts facts(ThreadId thread) {
    ThreadFacts facts = threads.get(thread);
    return facts != null ? facts : threads.computeIfAbsent(thread, t -> new ThreadFacts());
  }

  /** Takes all that is not a single event; from then on it can be asked. */
  public void complete(Recording read) {
    recording = read;
    evidence = new Evidence(MODULE, read.intervals(MODULE));
    nowhere = whyOnCpuUnknown() != null;
  }

  /** Why nothing is known to have been on CPU, for all threads; null if there is no reason. */
  public String whyOnCpuUnknown() {
    List<ProbeState> probes =
        recording.probes().stream().filter(p -> MODULE.equals(p.module())).toList();
    if (probes.isEmpty()) {
      return "the isolation module was not captured, so on-CPU time is unknown";
    }
    if (!probes.stream().allMatch(ProbeState::attached)) {
      return "a probe of the isolation module was not attached";
    }
    if (evidence.isInterrupted()) {
      return "the capture was interrupted: thread states during the gap are unknown";
    }
    return evidence.sound().isEmpty() ? "records of the isolation module were lost" : null;
  }

  /** When, within a window, its thread was on CPU wherever no event says otherwise. */
  public Interval complete(Window window) {
    ThreadFacts facts = threads.get(window.thread());
    if (nowhere || facts == null || !isWatched(window)) {
      return Interval.EMPTY;
    }
    Interval known = known(facts, window);
    return known.isEmpty() ? Interval.EMPTY : onMonitoredCpus(facts, known, window);
  }

  // Without a loss in the window there is one such part at most.
  private Interval known(ThreadFacts facts, Window window) {
    Interval within = new Interval(Math.max(window.start(), facts.firstRun()), window.end());
    Interval longest = Interval.EMPTY;
    for (int i = 0; i < evidence.sound().size(); i++) {
      Interval sound = evidence.sound().get(i);
      Interval known =
          within.intersect(new Interval(sound.start(), Math.min(sound.end(), facts.lastRun(i))));
      if (known.length() > longest.length()) {
        longest = known;
      }
    }
    return longest;
  }

  /** Why stretches of a window are unexplained, each reason once, the longest first. */
  public List<Unexplained> reasons(Window window, List<Segment> segments) {
    Map<String, Long> sums = new LinkedHashMap<>();
    for (Segment segment : segments) {
      if (segment.cause() == Cause.UNEXPLAINED) {
        long[] cuts = cuts(window, segment);
        for (int i = 0; i + 1 < cuts.length; i++) {
          sums.merge(reason(window, cuts[i]), cuts[i + 1] - cuts[i], Long::sum);
        }
      }
    }
    return sums.entrySet().stream()
        .map(sum -> new Unexplained(sum.getKey(), sum.getValue()))
        .sorted(Comparator.comparingLong(Unexplained::ns).reversed())
        .toList();
  }

  /** The moments within a segment at which the reason may change. */
  private long[] cuts(Window window, Segment segment) {
    LongStream.Builder cuts = LongStream.builder();
    cuts.add(segment.start()).add(segment.end()).add(evidence.begin()).add(evidence.end());
    ThreadFacts facts = threads.getOrDefault(window.thread(), new ThreadFacts());
    cuts.add(facts.firstRun());
    for (int i = 0; i < evidence.sound().size(); i++) {
      cuts.add(evidence.sound().get(i).start()).add(evidence.sound().get(i).end());
      cuts.add(facts.lastRun(i));
    }
    return cuts.build()
        .filter(cut -> cut >= segment.start() && cut <= segment.end())
        .sorted()
        .distinct()
        .toArray();
  }

  private String reason(Window window, long time) {
    if (nowhere) {
      return whyOnCpuUnknown();
    }
    if (time < evidence.begin()) {
      return "before the isolation module was attached";
    }
    if (time >= evidence.end()) {
      return "after the capture's records were read for the last time";
    }
    int stretch = evidence.indexOf(time + 1); // not that which ends now
    if (stretch < 0) {
      return "records of the isolation module were lost then";
    }
    ThreadFacts facts = threads.getOrDefault(window.thread(), new ThreadFacts());
    if (!isWatched(window)) {
      return notWatched(window);
    }
    if (time < facts.firstRun()) {
      return "before the thread was first known to run: it may have been off its CPU";
    }
    if (time >= facts.lastRun(stretch)) {
      return "after the thread was last known to run: off-CPU time is recorded only when it ends";
    }
    return outOfScope();
  }

  private String outOfScope() {
    return Scope.of(recording.capture()).limits().orElse("out of the capture's scope");
  }

  // The agent leaves out the threads that load its modules and that drain their records.
  private boolean isOwn(Window window) {
    return window.thread().name().startsWith(OWN_PREFIX)
        && recording.counters(MODULE).of(window.thread()).isEmpty();
  }

  private String notWatched(Window window) {
    if (isOwn(window)) {
      return "the capture excludes this thread, which is LatencyScope's own";
    }
    if (!Scope.of(recording.capture()).isAll()) {
      return outOfScope();
    }
    return "the thread was not watched: the table of threads was full";
  }

  // A thread that never left its CPU has no counts, but then every thread must have been watched.
  private boolean isWatched(Window window) {
    if (isOwn(window)) {
      return false;
    }
    boolean roomForAll =
        recording.losses().stream()
            .noneMatch(loss -> MODULE.equals(loss.module()) && loss.type() == null);
    boolean counted = !recording.counters(MODULE).of(window.thread()).isEmpty();
    return counted
        || roomForAll
            && recording.capture().threads().isEmpty()
            && (follows || recording.capture().cpus().isEmpty());
  }

  // If only some CPUs were watched, a thread on another one has no records.
  private Interval onMonitoredCpus(ThreadFacts facts, Interval known, Window window) {
    CpuSet cpus = recording.capture().cpus();
    if (cpus.isEmpty() || follows) {
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
   * thread's own CPU time and its recorded stays off the CPU. Empty if that is not bounded; 0 in a
   * window of which every switch is recorded.
   */
  public OptionalLong hidden(ThreadId thread, Window window) {
    if (recording.isFull(MODULE, window.start(), window.end())) {
      return OptionalLong.of(0);
    }
    ThreadFacts facts = threads.get(thread);
    long counted = counted(thread, key -> key.endsWith("_switches"));
    // From the last one the thread has not come back.
    long hidden = counted - (facts == null ? 0 : facts.switches()) - 1;
    boolean outside = facts != null && facts.wasOutside();
    if (hidden <= 0 && !outside) {
      return OptionalLong.of(0);
    }
    long ran = counted(thread, key -> key.equals("cpu_time_ns"));
    long rest = recording.capturedNs(MODULE) - ran - (facts == null ? 0 : facts.off());
    long byTime = ran > 0 ? Math.max(0, rest) : Long.MAX_VALUE;
    // Outside the capture's CPUs, none were counted.
    if (shortestSwitch == Long.MAX_VALUE || outside) {
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
