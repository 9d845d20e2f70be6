package latencyscope.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.TextField;
import latencyscope.proc.CpuSet;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.HistogramSlice;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.CapturedTime;
import latencyscope.recording.fact.ClockCheck;
import latencyscope.recording.fact.Floor;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.fact.Intervals;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.fact.Measures;
import latencyscope.recording.fact.ProbeCosts;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.RecordedTypes;
import latencyscope.recording.fact.Targets;
import latencyscope.recording.fact.TaskTable;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;
import latencyscope.recording.thread.ThreadTable;

/** Adds up what the events about the capture itself say. Not safe for use by several threads. */
final class RecordingBuilder {
  /** So many are said; a sentence with all of them nobody would read. */
  private static final int MOST_FLOORS = 5;

  private static final Host NO_HOST =
      new Host(null, CpuSet.EMPTY, CpuSet.EMPTY, CpuSet.EMPTY, 0, null);

  final ThreadTable threads = new ThreadTable();
  final TaskTable tasks = new TaskTable();
  final Measures<ThreadId> threadMeasures = new Measures<>();
  final Measures<Subject> subjectMeasures = new Measures<>();
  final Map<String, Long> records = new TreeMap<>();
  final Set<String> notes = new LinkedHashSet<>();
  final Map<String, ProbeState> probes = new LinkedHashMap<>();
  final Map<String, ProbeCosts> costs = new LinkedHashMap<>();
  final Intervals captured = new Intervals();
  final RecordedTypes types = new RecordedTypes();

  /** Null once an interval does not say. */
  CpuSet targetCpus = CpuSet.EMPTY;

  final Map<String, String> facts = new TreeMap<>();
  final List<ClockCheck.Sync> syncs = new ArrayList<>();
  final Map<Integer, InterruptLine> interruptLines = new TreeMap<>();
  private final Consumer<MeasuredInterval> intervals;
  private final Map<String, Loss> losses = new LinkedHashMap<>();
  private final Set<String> modules = new LinkedHashSet<>();
  private final Targets targets = new Targets();
  private CaptureInfo capture;
  private Host host;
  private long captureEnd;
  private final Map<Long, JvmInfo> jvms = new LinkedHashMap<>();
  private final Map<Long, Long> hostIds = new HashMap<>();
  private final Map<Long, Long> clockOffsets = new HashMap<>();
  private String collector;
  private String virtualization;
  private OptionalLong monotonicOffset = OptionalLong.empty();
  private boolean ours;
  final Map<String, Long> floors = new TreeMap<>();
  final List<Floor> floorChanges = new ArrayList<>();
  long measuredFrom = Long.MAX_VALUE;
  private long stalls;
  private long longestStallNs;

  RecordingBuilder() {
    this(interval -> {});
  }

  /**
   * @param intervals told of each distribution
   */
  RecordingBuilder(Consumer<MeasuredInterval> intervals) {
    this.intervals = intervals;
  }

  /** Takes an event that is not a thread's. */
  void add(EventType type, Object[] values) {
    switch (type.simpleName()) {
      case EventTypes.CAPTURE -> capture(type, values);
      case EventTypes.MODULE_CAPTURE -> moduleCapture(type, values);
      case EventTypes.TASK_STATUS -> tasks.task(type, values);
      case EventTypes.PROCESS_STATUS -> tasks.process(type, values);
      case EventTypes.HISTOGRAM -> histogram(type, values);
      case EventTypes.COUNTER -> counter(type, values);
      case EventTypes.RECORDS_LOST -> loss(type, values);
      case EventTypes.INTERRUPT_AFFINITY -> {
        InterruptLine line = InterruptLine.of(type, values);
        interruptLines.merge(line.irq(), line, InterruptLine::then);
      }
      case EventTypes.PROBE_STATUS -> probe(type, values);
      case EventTypes.PROBE_COST -> cost(type, values);
      case EventTypes.CLOCK_SYNC -> sync(type, values);
      case EventTypes.HOST_FACT -> {
        if (type.text(values, EventFields.NAME) != null) {
          facts.put(type.text(values, EventFields.NAME), type.text(values, EventFields.VALUE_TEXT));
        }
      }
      case EventTypes.BUDGET_EXCEEDED -> budget(type, values);
      case EventTypes.DRAIN_STALL -> stall(type, values);
      case EventTypes.CHUNK_CLOCK ->
          clockOffsets.put(
              type.number(values, EventFields.CHUNK_START, 0),
              type.number(values, EventFields.OFFSET, 0));
      case EventTypes.NAMESPACE_THREAD ->
          hostIds.put(
              type.number(values, EventFields.NAMESPACE_THREAD_ID, 0), osThreadId(type, values));
      case "jdk.JVMInformation" -> jvm(type, values);
      case "jdk.GCConfiguration" -> collector = type.text(values, "oldCollector");
      case "jdk.VirtualizationInformation" -> virtualization = type.text(values, "name");
      case "jdk.DataLoss" -> dataLoss(type, values);
      default -> {}
    }
    ours |= type.name().startsWith(EventType.PREFIX);
  }

  /** Counts an event of a thread. */
  void record(String type) {
    records.merge(type, 1L, Long::sum);
    ours = true;
  }

  private void capture(EventType type, Object[] values) {
    long start = type.number(values, "startTime", 0);
    long duration = length(type, values);
    long end = start + duration;
    captured.add(
        start,
        duration,
        type.number(values, EventFields.RECORDS_FROM, start),
        type.number(values, EventFields.RECORDS_UNTIL, end));
    if (capture != null) {
      start = Math.min(start, capture.start());
      duration += capture.duration();
    }
    types.interval(
        type.text(values, EventFields.VERSION), type.text(values, EventFields.EVENTS), duration);
    if (type.text(values, EventFields.TARGET_CPUS) == null) {
      targetCpus = null;
    } else if (targetCpus != null) {
      targetCpus = targetCpus.plus(cpus(type, values, EventFields.TARGET_CPUS));
    }
    boolean latest = capture == null || end >= captureEnd;
    probes.values().removeIf(ProbeState::loading); // which it is no more
    addModules(type.text(values, EventFields.MODULES));
    targets.add(
        type.number(values, EventFields.TARGET_PID, -1),
        type.text(values, EventFields.TARGET_COMMAND));
    CaptureInfo described = latest ? describe(type, values) : capture;
    if (latest) {
      captureEnd = end;
      host = host(type, values);
    }
    capture =
        new CaptureInfo(
            described.version(),
            described.targetPid(),
            described.targetCommand(),
            described.targetJvm(),
            List.copyOf(modules),
            described.threads(),
            described.cpus(),
            described.networkInterface(),
            described.targetAlive(),
            start,
            duration);
  }

  private void moduleCapture(EventType type, Object[] values) {
    if (type.text(values, EventFields.MODULE) == null) {
      notes.add("A module's interval without a name was left out: the recording is damaged.");
      return;
    }
    long start = type.number(values, "startTime", 0);
    long duration = length(type, values);
    captured.add(
        type.text(values, EventFields.MODULE),
        new CapturedTime(start, start + duration, duration),
        type.number(values, EventFields.RECORDS_FROM, start),
        type.number(values, EventFields.RECORDS_UNTIL, start));
  }

  private void addModules(String joined) {
    for (String module : joined == null ? new String[0] : joined.split("\\+")) {
      if (!module.isBlank()) {
        modules.add(module.strip());
      }
    }
  }

  private static CaptureInfo describe(EventType type, Object[] values) {
    return new CaptureInfo(
        type.text(values, EventFields.VERSION),
        type.number(values, EventFields.TARGET_PID, -1),
        type.text(values, EventFields.TARGET_COMMAND),
        type.text(values, EventFields.TARGET_JVM),
        List.of(),
        orEmpty(type.text(values, EventFields.THREADS)),
        cpus(type, values, EventFields.CPUS),
        orEmpty(type.text(values, EventFields.NETWORK_INTERFACE)),
        type.flag(values, EventFields.TARGET_ALIVE),
        0,
        0);
  }

  private static Host host(EventType type, Object[] values) {
    return new Host(
        type.text(values, EventFields.KERNEL),
        cpus(type, values, EventFields.ONLINE_CPUS),
        cpus(type, values, EventFields.ISOLATED_CPUS),
        cpus(type, values, EventFields.NOHZ_FULL_CPUS),
        (int) type.number(values, EventFields.NUMA_NODES, 0),
        null);
  }

  private static CpuSet cpus(EventType type, Object[] values, TextField field) {
    return CpuSet.parse(type.text(values, field));
  }

  // Only in a damaged file is it not said what was measured.
  private boolean isNamed(EventType type, Object[] values) {
    boolean named =
        type.text(values, EventFields.MODULE) != null
            && type.text(values, EventFields.MEASURE) != null;
    if (!named) {
      notes.add("A measure without a name was left out: the recording is damaged.");
    }
    return named;
  }

  private void histogram(EventType type, Object[] values) {
    if (!isNamed(type, values)) {
      return;
    }
    HistogramSlice slice =
        new HistogramSlice(
            type.number(values, EventFields.COUNT, 0),
            type.number(values, EventFields.TOTAL, 0),
            type.number(values, EventFields.MAX, 0),
            type.number(values, EventFields.UNBINNED, 0),
            type.text(values, EventFields.DISTRIBUTION));
    String module = type.text(values, EventFields.MODULE);
    String measure = type.text(values, EventFields.MEASURE);
    Distribution distribution = decode(slice, measure);
    Subject subject = subject(type, values);
    ThreadId thread = subject == null ? thread(type, values) : null;
    if (subject == null) {
      threadMeasures.add(module, measure, thread, distribution);
    } else {
      subjectMeasures.add(module, measure, subject, distribution);
    }
    measuredFrom = Math.min(measuredFrom, type.number(values, "startTime", Long.MAX_VALUE));
    intervals.accept(
        new MeasuredInterval(
            module,
            measure,
            thread,
            subject,
            type.number(values, "startTime", 0),
            length(type, values),
            distribution));
  }

  private Distribution decode(HistogramSlice slice, String measure) {
    try {
      return Distribution.of(slice);
    } catch (IllegalArgumentException e) {
      notes.add("A distribution of " + measure + " could not be decoded: percentiles lack it.");
      return Distribution.withoutBins(slice);
    }
  }

  private void counter(EventType type, Object[] values) {
    if (!isNamed(type, values)) {
      return;
    }
    String module = type.text(values, EventFields.MODULE);
    String measure = type.text(values, EventFields.MEASURE);
    long value = type.number(values, EventFields.VALUE_NUMBER, 0);
    Subject subject = subject(type, values);
    if (subject == null) {
      threadMeasures.add(module, measure, thread(type, values), value);
    } else {
      subjectMeasures.add(module, measure, subject, value);
    }
  }

  // Recordings of older agents have threads only.
  private static Subject subject(EventType type, Object[] values) {
    String kind = type.text(values, EventFields.SUBJECT);
    return kind == null
        ? null
        : new Subject(
            kind,
            type.number(values, EventFields.SUBJECT_ID, 0),
            type.text(values, EventFields.SUBJECT_NAME),
            (int) type.number(values, EventFields.CPU, Subject.NO_CPU));
  }

  // Of threads that had the same id, recordings of an older agent tell by the time only. An
  // interval's end may lie after the thread's: its middle is the safer one.
  private ThreadId thread(EventType type, Object[] values) {
    long javaId = type.number(values, EventFields.JAVA_THREAD_ID, 0);
    if (javaId > 0) {
      return threads.named(
          new ParserThread(
              osThreadId(type, values), javaId, type.text(values, EventFields.THREAD)));
    }
    long middle = type.number(values, "startTime", 0) + length(type, values) / 2;
    return threads.resolve(osThreadId(type, values), middle, type.text(values, EventFields.THREAD));
  }

  private static long length(EventType type, Object[] values) {
    return EventType.length(
        type.number(values, "startTime", 0), type.number(values, "duration", 0));
  }

  private static long osThreadId(EventType type, Object[] values) {
    return type.number(values, EventFields.OS_THREAD_ID, 0);
  }

  private void loss(EventType type, Object[] values) {
    captured.lost(
        type.text(values, EventFields.MODULE), type.number(values, "startTime", Long.MAX_VALUE));
    addLoss(
        type.text(values, EventFields.MODULE),
        type.text(values, EventFields.TYPE),
        type.text(values, EventFields.REASON),
        type.number(values, EventFields.COUNT, 0));
  }

  private void addLoss(String module, String type, String reason, long count) {
    losses.merge(
        module + '/' + type + '/' + reason,
        new Loss(module, type, reason, count),
        (a, b) -> new Loss(module, type, reason, a.count() + b.count()));
  }

  // The recorder counts bytes, not events: how many were lost is unknown, that some were is not.
  private void dataLoss(EventType type, Object[] values) {
    captured.lost(null, type.number(values, "startTime", Long.MAX_VALUE));
    notes.add(
        "The flight recorder itself dropped data (jdk.DataLoss, "
            + type.number(values, "amount", 0)
            + " bytes at once): give it larger buffers, -XX:FlightRecorderOptions:memorysize=64m.");
  }

  // The highest floor of each says it all: what is below may be missing.
  private void budget(EventType type, Object[] values) {
    String full = type.text(values, EventFields.EVENT_TYPE);
    String raised = full == null ? "" : full.substring(full.lastIndexOf('.') + 1);
    long floor = type.number(values, EventFields.FLOOR, 0);
    floors.merge(raised, floor, Math::max);
    floorChanges.add(new Floor(raised, type.number(values, "startTime", 0), floor));
  }

  /** "ContextSwitch from 40 µs on", the highest first. */
  private String floorsInWords() {
    return floors.entrySet().stream()
        .filter(floor -> floor.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST_FLOORS)
        .map(floor ->
            String.format(
                Locale.ROOT,
                "%s from %,d µs on",
                floor.getKey().isEmpty() ? "events" : floor.getKey(),
                floor.getValue() / 1_000))
        .collect(Collectors.joining(", "));
  }

  private void stall(EventType type, Object[] values) {
    stalls++;
    longestStallNs = Math.max(longestStallNs, type.number(values, "duration", 0));
  }

  /** What the capture's own thread could not keep up with, as sentences. */
  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    targets.note().ifPresent(all::add);
    String raised = floorsInWords();
    if (!raised.isEmpty()) {
      all.add(
          "The capture exceeded its cost budget: for a while it kept only "
              + raised
              + "; counts and percentiles hold them all.");
    }
    if (stalls > 0) {
      all.add(
          String.format(
              Locale.ROOT,
              "The drain thread was kept from running %s, for %,d ms at worst. The agent's option"
                  + " drain.cpus gives it a CPU that the target does not use.",
              stalls == 1 ? "once" : String.format(Locale.ROOT, "%,d times", stalls),
              longestStallNs / 1_000_000));
    }
    return all;
  }

  // As above. A probe without a name is the whole module.
  private boolean isOfModule(EventType type, Object[] values) {
    boolean named = type.text(values, EventFields.MODULE) != null;
    if (!named) {
      notes.add("A probe without a module was left out: the recording is damaged.");
    }
    return named;
  }

  private void probe(EventType type, Object[] values) {
    if (!isOfModule(type, values)) {
      return;
    }
    ProbeState state =
        new ProbeState(
            type.text(values, EventFields.MODULE),
            type.text(values, EventFields.PROBE),
            type.text(values, EventFields.STATE),
            type.text(values, EventFields.REASON),
            type.text(values, EventFields.REMEDY));
    // A probe that was missing for a part of the time leaves a hole that nothing after it fills.
    probes.merge(
        state.module() + '/' + state.probe(),
        state,
        (before, now) -> before.attached() || !now.attached() ? now : before);
  }

  private void cost(EventType type, Object[] values) {
    if (!isOfModule(type, values)) {
      return;
    }
    ProbeCosts cost =
        new ProbeCosts(
            type.text(values, EventFields.MODULE),
            type.text(values, EventFields.PROBE),
            type.number(values, EventFields.RUNS, -1),
            type.number(values, EventFields.TIME, -1),
            type.number(values, EventFields.MISSED, 0));
    costs.merge(cost.module() + '/' + cost.probe(), cost, ProbeCosts::plus);
  }

  private void sync(EventType type, Object[] values) {
    if (monotonicOffset.isEmpty() && type.has(EventFields.RECORDER_TIME)) {
      monotonicOffset =
          OptionalLong.of(
              type.number(values, EventFields.RECORDER_TIME, 0)
                  - type.number(values, EventFields.MONOTONIC, 0));
    }
    syncs.add(
        new ClockCheck.Sync(
            type.number(values, EventFields.TICKS, 0),
            type.number(values, EventFields.MONOTONIC, 0),
            type.number(values, EventFields.UNCERTAINTY, 0)));
  }

  private void jvm(EventType type, Object[] values) {
    long pid = hostId(type.number(values, "pid", 0));
    JvmInfo jvm =
        new JvmInfo(pid, type.text(values, "jvmVersion"), type.text(values, "javaArguments"), null);
    jvms.remove(pid);
    jvms.put(pid, jvm);
  }

  /** What has to be added to the times of a chunk, nanoseconds. */
  long clockOffset(long chunkStart) {
    return clockOffsets.getOrDefault(chunkStart, 0L);
  }

  /** The id on the host of a thread or process that a JVM in a container named by its own. */
  long hostId(long id) {
    return hostIds.getOrDefault(id, id);
  }

  // A recording from outside has two: the target's own, and that of the one who watched it.
  private JvmInfo recorder() {
    JvmInfo latest = null;
    for (JvmInfo jvm : jvms.values()) {
      latest = jvm;
    }
    return capture == null ? latest : jvms.getOrDefault(capture.targetPid(), latest);
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  /** Whether any of LatencyScope's events was there. */
  boolean hasOurs() {
    return ours;
  }

  Host host() {
    Host known = host == null ? NO_HOST : host;
    return new Host(
        known.kernel(),
        known.online(),
        known.isolated(),
        known.nohzFull(),
        known.numaNodes(),
        virtualization);
  }

  CaptureInfo capture() {
    if (capture != null) {
      return capture;
    }
    return new CaptureInfo(null, -1, null, null, List.of(), "", CpuSet.EMPTY, "", true, 0, 0);
  }

  OptionalLong monotonicOffset() {
    return monotonicOffset;
  }

  boolean hasCapture() {
    return capture != null;
  }

  List<Loss> losses() {
    return List.copyOf(losses.values());
  }

  JvmInfo jvm() {
    JvmInfo jvm = recorder();
    return jvm == null
        ? null
        : new JvmInfo(jvm.pid(), jvm.version(), jvm.command(), collectorName());
  }

  // The recorder tells the collectors of the generations, such as G1Old or ZOld.
  private String collectorName() {
    if (collector == null) {
      return null;
    }
    return switch (collector) {
      case "G1Old" -> "G1";
      case "SerialOld" -> "Serial";
      case "ParallelOld" -> "Parallel";
      case "Z", "ZOld" -> "ZGC";
      default -> collector;
    };
  }
}
