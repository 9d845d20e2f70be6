package latencyscope.perfetto;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.perfetto.proto.BuiltinClock;
import latencyscope.perfetto.proto.ClockSnapshot;
import latencyscope.perfetto.proto.CounterDescriptor;
import latencyscope.perfetto.proto.DebugAnnotation;
import latencyscope.perfetto.proto.DebugAnnotationName;
import latencyscope.perfetto.proto.EventCategory;
import latencyscope.perfetto.proto.EventName;
import latencyscope.perfetto.proto.InternedData;
import latencyscope.perfetto.proto.ProcessDescriptor;
import latencyscope.perfetto.proto.ProcessTree;
import latencyscope.perfetto.proto.SystemInfo;
import latencyscope.perfetto.proto.ThreadDescriptor;
import latencyscope.perfetto.proto.Trace;
import latencyscope.perfetto.proto.TracePacket;
import latencyscope.perfetto.proto.TracePacketDefaults;
import latencyscope.perfetto.proto.TrackDescriptor;
import latencyscope.perfetto.proto.TrackEvent;
import latencyscope.perfetto.proto.Utsname;
import latencyscope.recording.ClockRelation;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.ProcessFacts;
import latencyscope.trace.TraceOutput;
import latencyscope.trace.Track;

/**
 * Writes a trace in Perfetto's native format, one packet after the other. Not safe for use by
 * several threads.
 *
 * <p>Times are CLOCK_MONOTONIC. The tracer's own clock is CLOCK_BOOTTIME, which differs by the time
 * that the host was suspended; a recording does not have that, and both are declared equal. The
 * order of packets does not matter to Perfetto, which sorts them all when it opens a trace.
 */
public final class PerfettoOutput implements TraceOutput {
  private static final int SEQUENCE = 1;

  // Which bits of a task's state mean what depends on the kernel: these are written as since 4.14.
  private static final String ANY_RELEASE_SINCE_4_14 = "5.10.0";

  private static final Pattern RELEASE = Pattern.compile("\\d+\\.\\d+\\S*");

  private final Recording recording;
  private final List<Recording> ofHost;
  private final CodedOutputStream out;
  private final FtraceBundles bundles = new FtraceBundles(this::packet);
  private final Interned categories = new Interned();
  private final Interned names = new Interned();
  private final Interned keys = new Interned();
  private final Set<Integer> described = new HashSet<>();
  private Clock clock;

  /** Writes a trace of a recording. */
  public PerfettoOutput(Recording recording, OutputStream stream) {
    this(List.of(recording), stream);
  }

  /**
   * Writes a trace of several recordings.
   *
   * @param recordings in the order in which they are in the trace; the system is the first one's
   */
  public PerfettoOutput(List<Recording> recordings, OutputStream stream) {
    recording = recordings.get(0);
    ofHost =
        recordings.stream()
            .filter(one -> one == recording || ClockRelation.of(recording, one).oneBoot())
            .toList();
    out = CodedOutputStream.newInstance(stream);
  }

  @Override
  public void begin(Clock first) throws IOException {
    clock = first;
    clocks();
    Host host = recording.host();
    Utsname.Builder uname =
        Utsname.newBuilder().setSysname("Linux").setRelease(release(host.kernel()));
    if (host.kernel() != null) {
      uname.setVersion(host.kernel());
    }
    SystemInfo.Builder system = SystemInfo.newBuilder().setUtsname(uname);
    if (!host.online().isEmpty()) {
      system.setNumCpus(host.online().size());
    }
    packet(TracePacket.newBuilder().setSystemInfo(system));
  }

  private static String release(String kernel) {
    Matcher matcher = RELEASE.matcher(kernel == null ? "" : kernel);
    return matcher.find() ? matcher.group() : ANY_RELEASE_SINCE_4_14;
  }

  // Before the first event: Perfetto's to_realtime() gives all that comes before the first snapshot
  // the snapshot's own time (clock_converter.cc, v52).
  private void clocks() throws IOException {
    long first = clock.first() - clock.offset();
    ClockSnapshot.Builder snapshot =
        ClockSnapshot.newBuilder()
            .addClocks(clock(BuiltinClock.BUILTIN_CLOCK_REALTIME, clock.first()))
            .addClocks(clock(BuiltinClock.BUILTIN_CLOCK_BOOTTIME, first));
    TracePacketDefaults.Builder defaults = TracePacketDefaults.newBuilder();
    if (clock.monotonic()) {
      snapshot.addClocks(clock(BuiltinClock.BUILTIN_CLOCK_MONOTONIC, first));
      defaults.setTimestampClockId(BuiltinClock.BUILTIN_CLOCK_MONOTONIC_VALUE);
    } else {
      defaults.setTimestampClockId(BuiltinClock.BUILTIN_CLOCK_BOOTTIME_VALUE);
    }
    packet(TracePacket.newBuilder().setClockSnapshot(snapshot));
    packet(
        TracePacket.newBuilder()
            .setTracePacketDefaults(defaults)
            .setSequenceFlags(TracePacket.SequenceFlags.SEQ_INCREMENTAL_STATE_CLEARED_VALUE));
  }

  @Override
  public void task(int tid, int pid, String name) throws IOException {
    ProcessTree.Builder tree = ProcessTree.newBuilder();
    process(pid, pid == tid ? name : null, tree);
    ProcessTree.Thread.Builder thread = ProcessTree.Thread.newBuilder().setTid(tid).setName(name);
    if (pid > 0) {
      tree.addThreads(thread.setTgid(pid));
      packet(TracePacket.newBuilder().setProcessTree(tree));
    }
  }

  /**
   * Describes a process once: Perfetto takes one that has another parent for another process.
   *
   * @param name null if it is not known otherwise
   */
  private void process(int pid, String name, ProcessTree.Builder tree) {
    Optional<ProcessFacts> facts = facts(pid);
    String known = name == null ? facts.map(ProcessFacts::name).orElse(null) : name;
    if (pid <= 0 || known == null || !described.add(pid)) {
      return;
    }
    ProcessTree.Process.Builder process =
        ProcessTree.Process.newBuilder().setPid(pid).addCmdline(known);
    facts.ifPresent(fact -> {
      long started = fact.started() - clock.offset();
      if (fact.started() > 0 && clock.monotonic() && started >= 0) {
        process.setProcessStartFromBoot(started);
      }
      if (fact.parent() > 0) {
        process.setPpid((int) fact.parent());
        parent((int) fact.parent(), fact.parentName(), tree);
      }
    });
    tree.addProcesses(process);
  }

  private Optional<ProcessFacts> facts(int pid) {
    return ofHost.stream().flatMap(one -> one.tasks().process(pid).stream()).findFirst();
  }

  // Of the parent's own parent nothing is known: only its first thread is named.
  private static void parent(int pid, String name, ProcessTree.Builder tree) {
    if (name != null) {
      tree.addThreads(ProcessTree.Thread.newBuilder().setTid(pid).setTgid(pid).setName(name));
    }
  }

  private static ClockSnapshot.Clock.Builder clock(BuiltinClock clock, long time) {
    return ClockSnapshot.Clock.newBuilder().setClockId(clock.getNumber()).setTimestamp(time);
  }

  private void packet(TracePacket.Builder packet) throws IOException {
    out.writeMessage(
        Trace.PACKET_FIELD_NUMBER, packet.setTrustedPacketSequenceId(SEQUENCE).build());
  }

  @Override
  public void track(Track track) throws IOException {
    TrackDescriptor.Builder descriptor = TrackDescriptor.newBuilder().setUuid(track.id());
    if (track.parent() != null) {
      descriptor.setParentUuid(track.parent().id());
    }
    switch (track.kind()) {
      case PROCESS -> process(track, descriptor);
      case THREAD -> thread(track, descriptor);
      case SLICES -> descriptor.setName(track.name());
      case NANOSECONDS ->
          descriptor
              .setName(track.name())
              .setCounter(
                  CounterDescriptor.newBuilder().setUnit(CounterDescriptor.Unit.UNIT_TIME_NS));
    }
    packet(TracePacket.newBuilder().setTrackDescriptor(descriptor));
  }

  private void process(Track track, TrackDescriptor.Builder descriptor) throws IOException {
    int pid = (int) track.pid();
    descriptor.setProcess(ProcessDescriptor.newBuilder().setPid(pid).setProcessName(track.name()));
    if (facts(pid).isPresent()) {
      ProcessTree.Builder tree = ProcessTree.newBuilder();
      process(pid, track.name(), tree);
      packet(TracePacket.newBuilder().setProcessTree(tree));
    }
  }

  // A thread's descriptor must not name a parent: its process says whose it is.
  private void thread(Track track, TrackDescriptor.Builder descriptor) throws IOException {
    int pid = (int) track.pid();
    descriptor
        .clearParentUuid()
        .setThread(
            ThreadDescriptor.newBuilder()
                .setPid(pid)
                .setTid(track.tid())
                .setThreadName(track.name()));
    packet(
        TracePacket.newBuilder()
            .setProcessTree(
                ProcessTree.newBuilder()
                    .addThreads(
                        ProcessTree.Thread.newBuilder()
                            .setTid((int) track.tid())
                            .setTgid(pid)
                            .setName(track.name()))));
  }

  @Override
  public void slice(
      Track track,
      long start,
      long duration,
      String name,
      String category,
      Map<String, Object> details,
      Flow flow)
      throws IOException {
    InternedData.Builder fresh = InternedData.newBuilder();
    TrackEvent.Builder event =
        TrackEvent.newBuilder()
            .setTrackUuid(track.id())
            .setType(
                duration > 0 ? TrackEvent.Type.TYPE_SLICE_BEGIN : TrackEvent.Type.TYPE_INSTANT);
    name(event, name, category, fresh);
    for (Map.Entry<String, Object> detail : details.entrySet()) {
      event.addDebugAnnotations(annotation(detail.getKey(), detail.getValue(), fresh));
    }
    if (flow.id() != 0 && flow.last()) {
      event.addTerminatingFlowIds(flow.id());
    } else if (flow.id() != 0) {
      event.addFlowIds(flow.id());
    }
    event(start, event, fresh);
    if (duration > 0) {
      TrackEvent.Builder end =
          TrackEvent.newBuilder().setTrackUuid(track.id()).setType(TrackEvent.Type.TYPE_SLICE_END);
      event(start + duration, end, InternedData.newBuilder());
    }
  }

  private void name(
      TrackEvent.Builder event, String name, String category, InternedData.Builder fresh) {
    long categoryId = categories.id(category);
    if (categories.isFresh()) {
      fresh.addEventCategories(EventCategory.newBuilder().setIid(categoryId).setName(category));
    }
    event.addCategoryIids(categoryId);
    long nameId = names.id(name);
    if (names.isFresh()) {
      fresh.addEventNames(EventName.newBuilder().setIid(nameId).setName(name));
    }
    if (nameId == Interned.NONE) {
      event.setName(name);
    } else {
      event.setNameIid(nameId);
    }
  }

  private DebugAnnotation.Builder annotation(String key, Object value, InternedData.Builder fresh) {
    DebugAnnotation.Builder annotation = DebugAnnotation.newBuilder();
    long id = keys.id(key);
    if (keys.isFresh()) {
      fresh.addDebugAnnotationNames(DebugAnnotationName.newBuilder().setIid(id).setName(key));
    }
    if (id == Interned.NONE) {
      annotation.setName(key);
    } else {
      annotation.setNameIid(id);
    }
    if (value instanceof Long number) {
      return annotation.setIntValue(number);
    }
    if (value instanceof Double number) {
      return annotation.setDoubleValue(number);
    }
    if (value instanceof Boolean flag) {
      return annotation.setBoolValue(flag);
    }
    return annotation.setStringValue(String.valueOf(value));
  }

  private void event(long time, TrackEvent.Builder event, InternedData.Builder fresh)
      throws IOException {
    packet(
        TracePacket.newBuilder()
            .setTimestamp(time)
            .setSequenceFlags(TracePacket.SequenceFlags.SEQ_NEEDS_INCREMENTAL_STATE_VALUE)
            .setInternedData(fresh)
            .setTrackEvent(event));
  }

  @Override
  public void counter(Track track, long time, long value) throws IOException {
    event(
        time,
        TrackEvent.newBuilder()
            .setTrackUuid(track.id())
            .setType(TrackEvent.Type.TYPE_COUNTER)
            .setCounterValue(value),
        InternedData.newBuilder());
  }

  @Override
  public void switched(SchedSwitch change) throws IOException {
    bundles.add(change);
  }

  @Override
  public void waking(SchedWaking waking) throws IOException {
    bundles.add(waking);
  }

  @Override
  public void interrupt(Interrupt interrupt) throws IOException {
    bundles.add(interrupt);
  }

  @Override
  public void finish() throws IOException {
    bundles.finish();
    out.flush();
  }
}
