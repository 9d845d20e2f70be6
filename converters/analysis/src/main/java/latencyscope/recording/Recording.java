package latencyscope.recording;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import latencyscope.proc.CpuSet;
import latencyscope.recording.chunk.ReadingProgress;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.fact.CapturedTime;
import latencyscope.recording.fact.ClockCheck;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.fact.Floor;
import latencyscope.recording.fact.FullTimes;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.fact.Intervals;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.JvmSettings;
import latencyscope.recording.fact.KnownTasks;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.fact.Measures;
import latencyscope.recording.fact.ProbeCosts;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.RecordedTypes;
import latencyscope.recording.thread.ThreadId;

/**
 * What one or more recording files say, without their single events: those are handed to a consumer
 * while the files are read, so that memory does not grow with their number.
 *
 * <p>Immutable.
 */
public final class Recording {
  private final CaptureInfo capture;
  private final boolean described;
  private final Host host;
  private final JvmInfo jvm;
  private final List<ThreadId> threads;
  private final Map<ThreadId, ThreadId> canonical = new LinkedHashMap<>();
  private final Measures<ThreadId> threadMeasures;
  private final Measures<Subject> subjectMeasures;
  private final Map<String, Long> records;
  private final List<Loss> losses;
  private final List<InterruptLine> interruptLines;
  private final List<CaptureInterval> intervals;
  private final Map<String, List<CaptureInterval>> moduleIntervals = new TreeMap<>();
  private final Map<String, CapturedTime> captured = new TreeMap<>();
  private final Map<String, List<FullTimes.Stretch>> fullTimes;
  private final Map<String, Long> floors;
  private final List<Floor> floorChanges;
  private final long measuredFrom;
  private final List<ProbeState> probes;
  private final List<ProbeCosts> costs;
  private final ClockCheck clock;
  private final OptionalLong monotonicOffset;
  private final long wallDriftNs;
  private final List<String> notes;
  private final Map<String, String> facts;
  private final RecordedTypes types;
  private final JvmSettings jvmSettings;
  private final CpuSet targetCpus;
  private final KnownTasks tasks;

  Recording(RecordingBuilder builder) {
    capture = builder.captures.info();
    described = !builder.captures.isEmpty();
    host = builder.host();
    jvm = builder.jvm();
    threads = List.copyOf(builder.threads.seen());
    tasks = builder.tasks.known(capture.targetPid(), builder.threads::hasEnded);
    threads.forEach(thread -> canonical.put(thread, thread));
    threadMeasures = builder.counts.ofThreads();
    subjectMeasures = builder.counts.ofSubjects();
    records = Collections.unmodifiableMap(builder.records());
    losses = builder.losses.all();
    interruptLines = List.copyOf(builder.interruptLines.values());
    floors = builder.floors.highest();
    floorChanges = builder.floors.changes();
    measuredFrom = Math.min(capture.start(), builder.counts.from());
    intervals = List.copyOf(builder.captures.intervals().of(null));
    addModules(builder.captures.intervals());
    fullTimes = builder.captures.fullTimes().ofModules();
    probes = builder.probes.states();
    costs = builder.probes.costs();
    monotonicOffset = builder.clocks.monotonicOffset();
    wallDriftNs = builder.clocks.wallDriftNs();
    clock = builder.clocks.check();
    notes = List.copyOf(builder.notes());
    facts = Collections.unmodifiableMap(builder.facts);
    types = builder.captures.types().copy();
    jvmSettings = builder.settings.copy();
    targetCpus = described ? builder.captures.targetCpus() : null;
  }

  // Versions before 0.3 have one interval for all modules, which begins when the last is attached.
  private void addModules(Intervals all) {
    CapturedTime whole =
        new CapturedTime(capture.start(), capture.start() + capture.duration(), capture.duration());
    Map<String, CapturedTime> counted = all.counted();
    Set<String> modules = new TreeSet<>(capture.modules());
    modules.addAll(counted.keySet());
    for (String module : modules) {
      captured.put(module, counted.getOrDefault(module, whole));
      moduleIntervals.put(module, List.copyOf(all.of(module)));
    }
  }

  /** A recording that says nothing, from which a report learns which values there could be. */
  public static Recording empty() {
    return new Recording(new RecordingBuilder());
  }

  /**
   * Reads files, without their single events.
   *
   * @throws RecordingException if nothing of LatencyScope can be read from them
   */
  public static Recording read(Path... files) throws RecordingException {
    return read(List.of(files), event -> {});
  }

  /**
   * Reads files as parts of one recording. What is damaged or cut off is left out, and said in
   * {@link #notes()}.
   *
   * @param consumer gets every kernel event, and those of the JVM that it wants, on the calling
   *     thread's behalf and one at a time
   * @throws RecordingException if nothing of LatencyScope can be read from them
   */
  public static Recording read(List<Path> files, EventConsumer consumer) throws RecordingException {
    return read(files, consumer, ReadingProgress.NONE);
  }

  static Recording read(List<Path> files, EventConsumer consumer, ReadingProgress progress)
      throws RecordingException {
    return new RecordingReading(files, chunk -> true, consumer, progress).recording();
  }

  /** What was captured. */
  public CaptureInfo capture() {
    return capture;
  }

  /** Whether the recording says what was captured; if not, host and target are unknown. */
  public boolean isDescribed() {
    return described;
  }

  /** The host. */
  public Host host() {
    return host;
  }

  /** Settings of the host that latency depends on, in its own words, by name. */
  public Map<String, String> hostFacts() {
    return facts;
  }

  /** The JVM that wrote the recording, if it says so. */
  public Optional<JvmInfo> jvm() {
    return Optional.ofNullable(jvm);
  }

  /** Every thread that an event or a measure named, under its latest name. */
  public List<ThreadId> threads() {
    return threads;
  }

  /** What the tasks that the recording names were at its end. */
  public KnownTasks tasks() {
    return tasks;
  }

  /** The same thread under its latest name. */
  public ThreadId latest(ThreadId thread) {
    return canonical.getOrDefault(thread, thread);
  }

  /** The distributions of one measure by thread; empty if it is not in the recording. */
  public Map<ThreadId, Distribution> distributions(String module, String measure) {
    return threadMeasures.distributions(module, measure);
  }

  /** The distributions of a module by measure and thread. */
  public Map<String, Map<ThreadId, Distribution>> distributions(String module) {
    return threadMeasures.distributions(module);
  }

  /** The distributions of a module by measure and what they are of, if that is not a thread. */
  public Map<String, Map<Subject, Distribution>> subjectDistributions(String module) {
    return subjectMeasures.distributions(module);
  }

  /** The distribution of one measure over all threads; empty if it is not in the recording. */
  public Optional<Distribution> distribution(String module, String measure) {
    return distributions(module, measure).values().stream().reduce(Distribution::plus);
  }

  /** The threads that have a distribution of a module. */
  public Set<ThreadId> threadsWithDistributions(String module) {
    return threadMeasures.withDistributions(module);
  }

  /** The exact counts of a module's threads. */
  public CounterTotals counters(String module) {
    return new CounterTotals(threadMeasures.counts(module));
  }

  /** The distributions of one measure by what it is of, if that is not a thread. */
  public Map<Subject, Distribution> subjectDistributions(String module, String measure) {
    return subjectMeasures.distributions(module, measure);
  }

  /** The exact counts of one measure by what it is of, if that is not a thread. */
  public Map<Subject, Long> subjectCounts(String module, String measure) {
    return subjectMeasures.counts(module).getOrDefault(measure, Map.of());
  }

  /** Says that a module has counts from {@code /proc} alone; empty if it has what probes see. */
  public Optional<ProbeState> accounts(String module) {
    return probes.stream().filter(p -> p.accounts() && module.equals(p.module())).findFirst();
  }

  /** The exact counts of a module by measure and what they are of, if that is not a thread. */
  public Map<String, Map<Subject, Long>> subjectCounts(String module) {
    return subjectMeasures.counts(module);
  }

  /** Number of kernel events read, by type. */
  public Map<String, Long> records() {
    return records;
  }

  /** What was captured by all modules without a gap, in order of time. */
  public List<CaptureInterval> intervals() {
    return intervals;
  }

  /**
   * The stretches, in order of time, of which every event of a module is in the recording unless it
   * was lost. Outside of them the absence of an event proves nothing. Empty if the module was not
   * captured.
   */
  public List<CaptureInterval> intervals(String module) {
    return moduleIntervals.getOrDefault(module, List.of());
  }

  /** When a module counted, for rates of its counts; empty if it was not captured. */
  public Optional<CapturedTime> captured(String module) {
    return Optional.ofNullable(captured.get(module));
  }

  /** When each module counted, by module. */
  public Map<String, CapturedTime> captured() {
    return Collections.unmodifiableMap(captured);
  }

  /** How long a module counted, nanoseconds; 0 if it was not captured. */
  public long capturedNs(String module) {
    CapturedTime time = captured.get(module);
    return time == null ? 0 : time.duration();
  }

  /**
   * The length below which, at times, no event of a type was kept because the capture had cost too
   * much, nanoseconds; 0 if its threshold held throughout.
   *
   * @param eventType such as {@code ContextSwitch}
   */
  public long highestFloor(String eventType) {
    // Recordings of versions that raised all at once name no type.
    return Math.max(floors.getOrDefault(eventType, 0L), floors.getOrDefault("", 0L));
  }

  /** When events of which length were not kept because the capture had cost too much, in order. */
  public List<Floor> floors() {
    return floorChanges;
  }

  /**
   * When the first of the modules began to count, nanoseconds since the epoch: modules are loaded
   * one after the other, and the capture begins when all are.
   */
  public long measuredFrom() {
    return measuredFrom;
  }

  /** Where every occurrence of a module is in the recording, whatever the thresholds. */
  public Map<String, List<FullTimes.Stretch>> fullTimes() {
    return fullTimes;
  }

  /** Whether a stretch of time is one of those. */
  public boolean isFull(String module, long from, long until) {
    return fullTimes.getOrDefault(module, List.of()).stream()
        .anyMatch(full -> full.from() <= from && until <= full.until());
  }

  /** What is not in the recording, as far as it was counted. */
  public List<Loss> losses() {
    return losses;
  }

  /** The host's interrupt lines that have a handler, by number. */
  public List<InterruptLine> interruptLines() {
    return interruptLines;
  }

  /** From which length on the JVM recorded its own events. */
  public JvmSettings jvmSettings() {
    return jvmSettings;
  }

  /** Which of LatencyScope's event types were recorded. */
  public RecordedTypes types() {
    return types;
  }

  /**
   * The CPUs on which the target's threads were seen to run, by the host's own account; empty if
   * the recording does not say.
   */
  public Optional<CpuSet> targetCpus() {
    return Optional.ofNullable(targetCpus);
  }

  /** Whether there is any exact count of a module. */
  public boolean hasCounters(String module) {
    return !threadMeasures.counts(module).isEmpty() || !subjectMeasures.counts(module).isEmpty();
  }

  /** Whether there is any distribution of a module. */
  public boolean hasDistributions(String module) {
    return threadMeasures.hasDistributions(module) || subjectMeasures.hasDistributions(module);
  }

  /** The state of each probe: the latest, or what it lacked if that was ever not in place. */
  public List<ProbeState> probes() {
    return probes;
  }

  /** What each probe cost. */
  public List<ProbeCosts> costs() {
    return costs;
  }

  /**
   * What to subtract from a time since the epoch to get CLOCK_MONOTONIC, nanoseconds, exact to
   * {@link ClockCheck#errorNs()}; empty if the recording does not have it.
   */
  public OptionalLong monotonicOffset() {
    return monotonicOffset;
  }

  /**
   * By how much the recorder's wall clock moved against CLOCK_MONOTONIC during the recording,
   * nanoseconds: what NTP or PTP corrected, as far as the recorder followed it.
   */
  public long wallDriftNs() {
    return wallDriftNs;
  }

  /** How far times can be off. */
  public ClockCheck clock() {
    return clock;
  }

  /** Sentences on what of the files could not be read, or is not complete. */
  public Collection<String> notes() {
    return notes;
  }
}
