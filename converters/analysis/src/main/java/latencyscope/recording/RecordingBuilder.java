package latencyscope.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.collect.Captures;
import latencyscope.recording.collect.Clocks;
import latencyscope.recording.collect.Counts;
import latencyscope.recording.collect.Floors;
import latencyscope.recording.collect.Jvms;
import latencyscope.recording.collect.Losses;
import latencyscope.recording.collect.Notes;
import latencyscope.recording.collect.Probes;
import latencyscope.recording.collect.Stalls;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.JvmSettings;
import latencyscope.recording.fact.TaskTable;
import latencyscope.recording.thread.ThreadTable;

/**
 * Hands each event about the capture itself to what adds up its kind. Not safe for use by several
 * threads.
 */
final class RecordingBuilder {
  final ThreadTable threads = new ThreadTable();
  final TaskTable tasks = new TaskTable();
  final Notes notes = new Notes();
  final Captures captures = new Captures(notes);
  final Probes probes = new Probes(notes);
  final Losses losses = new Losses(notes, captures.intervals());
  final Floors floors = new Floors();
  final Clocks clocks = new Clocks();
  final Jvms jvms = new Jvms();
  final JvmSettings settings = new JvmSettings();
  final Counts counts;
  private final Map<String, long[]> records = new HashMap<>();
  final Map<String, String> facts = new TreeMap<>();
  final Map<Integer, InterruptLine> interruptLines = new TreeMap<>();
  private final Stalls stalls = new Stalls();
  private boolean ours;

  RecordingBuilder() {
    this(interval -> {});
  }

  /**
   * @param intervals gets each distribution
   */
  RecordingBuilder(Consumer<MeasuredInterval> intervals) {
    counts = new Counts(notes, threads, intervals);
  }

  /** Takes an event that is not a thread's. */
  void add(EventType type, Object[] values) {
    switch (type.simpleName()) {
      case EventTypes.CAPTURE -> {
        captures.add(type, values);
        probes.haveLoaded();
      }
      case EventTypes.MODULE_CAPTURE -> captures.addModule(type, values);
      case EventTypes.FULL_RESOLUTION -> captures.addFullTime(type, values);
      case EventTypes.TASK_STATUS -> tasks.task(type, values);
      case EventTypes.PROCESS_STATUS -> tasks.process(type, values);
      case EventTypes.HISTOGRAM -> counts.addHistogram(type, values);
      case EventTypes.COUNTER -> counts.addCounter(type, values);
      case EventTypes.RECORDS_LOST -> losses.add(type, values);
      case EventTypes.INTERRUPT_AFFINITY -> {
        InterruptLine line = InterruptLine.of(type, values);
        interruptLines.merge(line.irq(), line, InterruptLine::then);
      }
      case EventTypes.PROBE_STATUS -> probes.addState(type, values);
      case EventTypes.PROBE_COST -> probes.addCost(type, values);
      case EventTypes.CLOCK_SYNC -> clocks.addSync(type, values);
      case EventTypes.HOST_FACT -> fact(type, values);
      case EventTypes.BUDGET_EXCEEDED -> floors.add(type, values);
      case EventTypes.DRAIN_STALL -> stalls.add(type, values);
      case EventTypes.CHUNK_CLOCK -> clocks.addChunk(type, values);
      case EventTypes.NAMESPACE_THREAD -> jvms.addThread(type, values);
      case "jdk.JVMInformation" -> jvms.add(type, values);
      case "jdk.GCConfiguration" -> jvms.addCollector(type, values);
      case "jdk.VirtualizationInformation" -> jvms.addVirtualization(type, values);
      case JvmSettings.TYPE -> settings.add(type, values);
      case "jdk.DataLoss" -> losses.addOfRecorder(type, values);
      default -> {}
    }
    ours |= type.name().startsWith(EventType.PREFIX);
  }

  private void fact(EventType type, Object[] values) {
    if (type.text(values, EventFields.NAME) != null) {
      facts.put(type.text(values, EventFields.NAME), type.text(values, EventFields.VALUE_TEXT));
    }
  }

  /** Counts an event of a thread. */
  void record(String type) {
    // Of millions of events: a map of numbers would make an object of each sum.
    records.computeIfAbsent(type, t -> new long[1])[0]++;
    ours = true;
  }

  /** How many events of threads there were, by their type. */
  Map<String, Long> records() {
    Map<String, Long> counts = new TreeMap<>();
    records.forEach((type, count) -> counts.put(type, count[0]));
    return counts;
  }

  /** Whether any of LatencyScope's events was there. */
  boolean hasOurs() {
    return ours;
  }

  /** What was damaged, and what the capture's own thread could not keep up with, as sentences. */
  List<String> notes() {
    List<String> all = new ArrayList<>(notes.all());
    captures.targetsNote().ifPresent(all::add);
    floors.note().ifPresent(all::add);
    stalls.note().ifPresent(all::add);
    return all;
  }

  Host host() {
    Host known = captures.host();
    return new Host(
        known.kernel(),
        known.online(),
        known.isolated(),
        known.nohzFull(),
        known.numaNodes(),
        jvms.virtualization());
  }

  JvmInfo jvm() {
    return jvms.of(captures.info().targetPid());
  }
}
