package latencyscope.recording.collect;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import latencyscope.jfr.schema.EventFields;
import latencyscope.proc.CpuSet;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.CapturedTime;
import latencyscope.recording.fact.FullTimes;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.Intervals;
import latencyscope.recording.fact.RecordedTypes;

/**
 * When which module captured whom, on what host: from {@code Capture} and {@code ModuleCapture}
 * events. Not safe for use by several threads.
 */
public final class Captures {
  private static final Host NO_HOST =
      new Host(null, CpuSet.EMPTY, CpuSet.EMPTY, CpuSet.EMPTY, 0, null);

  private final Notes notes;
  private final Intervals intervals = new Intervals();
  private final FullTimes fullTimes = new FullTimes();
  private final RecordedTypes types = new RecordedTypes();
  private final Set<String> modules = new LinkedHashSet<>();
  private final Targets targets = new Targets();
  private CaptureInfo capture;
  private Host host;
  private long captureEnd;

  /** Null once an interval does not say. */
  private CpuSet targetCpus = CpuSet.EMPTY;

  /**
   * Creates one that has seen no capture.
   *
   * @param notes where is said what was left out
   */
  public Captures(Notes notes) {
    this.notes = notes;
  }

  /** Takes the event of an interval of the whole capture. */
  public void add(EventType type, Object[] values) {
    long start = Values.start(type, values);
    long duration = Values.length(type, values);
    long end = start + duration;
    intervals.add(
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
      targetCpus = targetCpus.plus(Values.cpus(type, values, EventFields.TARGET_CPUS));
    }
    boolean latest = capture == null || end >= captureEnd;
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

  /** Takes the event of an interval of one module. */
  public void addModule(EventType type, Object[] values) {
    if (type.text(values, EventFields.MODULE) == null) {
      notes.add("A module's interval without a name was left out: the recording is damaged.");
      return;
    }
    long start = Values.start(type, values);
    long duration = Values.length(type, values);
    intervals.add(
        type.text(values, EventFields.MODULE),
        new CapturedTime(start, start + duration, duration),
        type.number(values, EventFields.RECORDS_FROM, start),
        type.number(values, EventFields.RECORDS_UNTIL, start));
  }

  /** Takes the event of one CPU's log. */
  public void addFullTime(EventType type, Object[] values) {
    String module = type.text(values, EventFields.MODULE);
    long start = Values.start(type, values);
    if (module != null) {
      fullTimes.add(
          module,
          (int) type.number(values, EventFields.CPU, 0),
          start,
          start + Values.length(type, values));
    }
  }

  /** Where every occurrence is in the recording. */
  public FullTimes fullTimes() {
    return fullTimes;
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
        Values.orEmpty(type.text(values, EventFields.THREADS)),
        Values.cpus(type, values, EventFields.CPUS),
        Values.orEmpty(type.text(values, EventFields.NETWORK_INTERFACE)),
        type.flag(values, EventFields.TARGET_ALIVE),
        0,
        0);
  }

  private static Host host(EventType type, Object[] values) {
    return new Host(
        type.text(values, EventFields.KERNEL),
        Values.cpus(type, values, EventFields.ONLINE_CPUS),
        Values.cpus(type, values, EventFields.ISOLATED_CPUS),
        Values.cpus(type, values, EventFields.NOHZ_FULL_CPUS),
        (int) type.number(values, EventFields.NUMA_NODES, 0),
        null);
  }

  /** The intervals of all modules, and where records were lost. */
  public Intervals intervals() {
    return intervals;
  }

  /** Whether there was a capture. */
  public boolean isEmpty() {
    return capture == null;
  }

  /** The capture as the latest event has it, over the time of all. */
  public CaptureInfo info() {
    if (capture != null) {
      return capture;
    }
    return new CaptureInfo(null, -1, null, null, List.of(), "", CpuSet.EMPTY, "", true, 0, 0);
  }

  /** The host; without what the JVM knows of it. */
  public Host host() {
    return host == null ? NO_HOST : host;
  }

  /** Which event types were recorded, for how long. */
  public RecordedTypes types() {
    return types;
  }

  /** CPUs that the target may use, of all intervals; null if one does not say. */
  public CpuSet targetCpus() {
    return targetCpus;
  }

  /** A sentence if there are several targets. */
  public Optional<String> targetsNote() {
    return targets.note();
  }
}
