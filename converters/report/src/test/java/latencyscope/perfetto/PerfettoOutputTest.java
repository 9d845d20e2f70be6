package latencyscope.perfetto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.perfetto.proto.DebugAnnotation;
import latencyscope.perfetto.proto.FtraceEvent;
import latencyscope.perfetto.proto.Trace;
import latencyscope.perfetto.proto.TracePacket;
import latencyscope.perfetto.proto.TrackDescriptor;
import latencyscope.perfetto.proto.TrackEvent;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import latencyscope.trace.TraceWriter;
import org.junit.jupiter.api.Test;

class PerfettoOutputTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final ThreadId FEED = new ThreadId(4721, "fe\"<ed> 取引", 0);

  // So that monotonic time is not the time since the epoch, nor since the begin of the capture.
  private static final long MONOTONIC_START = 77_000_000_123L;

  private static Fixture fixture() {
    return with(new Fixture().capture("", ""));
  }

  private static Fixture with(Fixture captured) {
    Fixture fixture =
        captured.add(
            "ClockSync",
            "ticks",
            1L,
            "recorderTime",
            Fixture.START + 5,
            "monotonic",
            MONOTONIC_START + 5,
            "uncertainty",
            80L);
    absence(fixture, STRATEGY, 1_000, 4_000, 500, "sleeping", FEED, 4, 5);
    absence(fixture, FEED, 2_000, 10_000, 3_000, "disk", STRATEGY, 6, 6);
    absence(fixture, STRATEGY, 20_000, 7_777, 7_777, "running", null, 5, 5);
    return fixture.program("demo.TickToTrade", STRATEGY, 100, 123_457, "price", 1.5, "ok", true);
  }

  private static void absence(
      Fixture fixture,
      ThreadId who,
      long at,
      long ns,
      long waited,
      String state,
      ThreadId waker,
      int cpu,
      long returnCpu) {
    String context = waker == null ? "none" : "task";
    absence(fixture, who, at, ns, waited, state, waker, context, cpu, returnCpu);
  }

  private static void absence(
      Fixture fixture,
      ThreadId who,
      long at,
      long ns,
      long waited,
      String state,
      ThreadId waker,
      String context,
      int cpu,
      long returnCpu) {
    fixture.event(
        "ContextSwitch",
        who,
        at,
        ns,
        cpu,
        "voluntary",
        !state.equals("running"),
        "state",
        state,
        "next",
        "stress-ng",
        "nextTid",
        99L,
        "nextPid",
        99L,
        "returnCpu",
        returnCpu,
        "waited",
        waited,
        "wakerContext",
        context,
        "waker",
        waker == null ? null : waker.name(),
        "wakerTid",
        waker == null ? 0L : waker.osTid());
  }

  private static Trace trace(Fixture fixture) throws IOException, RecordingException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TraceWriter.write(
        fixture.report(), fixture.source(), new PerfettoOutput(fixture.recording(), bytes));
    return Trace.parseFrom(bytes.toByteArray());
  }

  @Test
  void statesOfThreadsAreWhatTheKernelMeasured() throws IOException, RecordingException {
    byte[] trace = trace(fixture()).toByteArray();
    SchedModel model = SchedModel.of(Message.trace(trace), Comparator.naturalOrder());
    assertEquals(
        Map.of("S", 3_500L, "R", 500L, "R+", 7_777L, "Running", 20_000L - 5_000), model.sums(4720));
    assertEquals(Map.of("D", 7_000L, "R", 3_000L), model.sums(4721));
    assertEquals(List.of(), model.errors);
  }

  @Test
  void nobodyRunsWhereAStayOffTheCpuMayBeMissing() throws IOException, RecordingException {
    long floorAt = Fixture.START + 9_000;
    Fixture raised =
        fixture()
            .add(
                "BudgetExceeded",
                "startTime",
                floorAt,
                "eventType",
                "latencyscope.ContextSwitch",
                "floor",
                80_000L);
    assertNeverRan(raised);
    assertNeverRan(
        fixture().add("RecordsLost", "startTime", floorAt, "module", "isolation", "count", 1L));
    assertNeverRan(with(new Fixture().capture("4", "")));
  }

  /** Modules are attached one after the other, and their records end one after the other. */
  @Test
  void threadsRanWhereTheirModuleRecorded() throws IOException, RecordingException {
    // The thread ran from 5,000 to 20,000.
    assertNeverRan(fixture().moduleCapture("isolation", 0, 30_000, 6_000, 30_000));
    assertNeverRan(fixture().moduleCapture("isolation", 0, 30_000, 0, 19_000));
    Fixture early = new Fixture();
    early.add(
        "Capture", "startTime", Fixture.START + 6_000, "duration", 30_000L, "targetPid", 4711L);
    assertNeverRan(with(early));
    early.moduleCapture("isolation", 0, 36_000, 5_000, 36_000);
    assertEquals(15_000, model(early).sums(4720).get("Running"));
  }

  private static void assertNeverRan(Fixture fixture) throws IOException, RecordingException {
    Map<String, Long> states = new TreeMap<>(model(fixture).sums(4720));
    states.remove("I");
    assertEquals(Map.of("S", 3_500L, "R", 500L, "R+", 7_777L), states);
  }

  private static SchedModel model(Fixture fixture) throws IOException, RecordingException {
    return SchedModel.of(Message.trace(trace(fixture).toByteArray()), Comparator.naturalOrder());
  }

  @Test
  void anInterruptIsNotTheTaskThatItInterrupted() throws IOException, RecordingException {
    assertEquals(List.of("4721/0"), wakers("task"));
    assertEquals(List.of("0/8"), wakers("hardirq"));
    assertEquals(List.of("0/16"), wakers("softirq"));
    assertEquals(List.of("0/-1"), wakers("unknown"));
    assertEquals(List.of("0/-1"), wakers(null)); // recordings before 0.3
  }

  private static List<String> wakers(String context) throws IOException, RecordingException {
    Fixture fixture = new Fixture().capture("", "");
    absence(fixture, STRATEGY, 1_000, 4_000, 500, "sleeping", FEED, context, 4, 5);
    fixture.event("Migration", FEED, 100, 0, 4);
    Trace trace = trace(fixture);
    assertEquals("task".equals(context) ? 1 : 0, slices(trace, "wakes strategy").size());
    return trace.getPacketList().stream()
        .flatMap(packet -> packet.getFtraceEvents().getEventList().stream())
        .filter(FtraceEvent::hasSchedWaking)
        .map(event -> event.getPid() + "/" + (event.hasCommonFlags() ? event.getCommonFlags() : -1))
        .toList();
  }

  @Test
  void eachSwitchContinuesTheOneBefore() throws IOException, RecordingException {
    Map<Integer, Integer> running = new HashMap<>();
    for (TracePacket packet : trace(Fixture.badDay()).getPacketList()) {
      int cpu = packet.getFtraceEvents().getCpu();
      for (FtraceEvent event : packet.getFtraceEvents().getEventList()) {
        if (event.hasSchedSwitch()) {
          Integer before = running.put(cpu, event.getSchedSwitch().getNextPid());
          assertTrue(before == null || before == event.getSchedSwitch().getPrevPid());
        }
      }
    }
    assertTrue(running.size() > 2, running::toString);
  }

  @Test
  void timesAreMonotonicAndExact() throws IOException, RecordingException {
    Trace trace = trace(fixture());
    SliceModel model = SliceModel.of(Message.trace(trace.toByteArray()));
    SliceModel.Slice slice = model.named("demo.TickToTrade").get(0);
    assertEquals(MONOTONIC_START + 100, slice.start());
    assertEquals(123_457, slice.duration());
    assertEquals(3, trace.getPacket(1).getTracePacketDefaults().getTimestampClockId());
    assertEquals(
        Map.of(1, Fixture.START, 3, MONOTONIC_START, 6, MONOTONIC_START),
        clocks(trace.getPacket(0)));
  }

  private static Map<Integer, Long> clocks(TracePacket packet) {
    Map<Integer, Long> clocks = new TreeMap<>();
    packet
        .getClockSnapshot()
        .getClocksList()
        .forEach(clock -> clocks.put(clock.getClockId(), clock.getTimestamp()));
    return clocks;
  }

  private static List<TracePacket> slices(Trace trace, String name) {
    Map<Long, String> names = new HashMap<>();
    List<TracePacket> found = new ArrayList<>();
    for (TracePacket packet : trace.getPacketList()) {
      packet.getInternedData().getEventNamesList().forEach(n -> names.put(n.getIid(), n.getName()));
      if (packet.hasTrackEvent() && name.equals(names.get(packet.getTrackEvent().getNameIid()))) {
        found.add(packet);
      }
    }
    return found;
  }

  /** A JVM begins to record before the capture does. */
  @Test
  void theClockIsKnownBeforeTheFirstEvent() throws IOException, RecordingException {
    Fixture fixture = fixture().program("demo.Warmup", STRATEGY, -2_500_000_000L, 1_000);
    Trace trace = trace(fixture);
    long first = MONOTONIC_START - 2_500_000_000L;
    assertEquals(
        Map.of(1, Fixture.START - 2_500_000_000L, 3, first, 6, first), clocks(trace.getPacket(0)));
    Trace unknown =
        trace(new Fixture().capture("", "").program("demo.Warmup", STRATEGY, -2_500, 1_000));
    assertEquals(
        List.of(0L),
        SliceModel.of(Message.trace(unknown.toByteArray())).named("demo.Warmup").stream()
            .map(SliceModel.Slice::start)
            .toList());
  }

  @Test
  void whatOverlapsIsNotOnTheThreadsOwnRow() throws IOException, RecordingException {
    Fixture fixture = fixture();
    for (int i = 0; i < 21; i++) {
      fixture.program("demo.Order", STRATEGY, i * 1_000, 20_500);
      fixture.program("demo.Step", STRATEGY, i * 1_000 + 100, 500);
      fixture.program("demo.Substep", STRATEGY, i * 1_000 + 100, 300);
    }
    SliceModel model = SliceModel.of(Message.trace(trace(fixture).toByteArray()));
    assertEquals(List.of(), model.errors);
    assertEquals(21, model.named("demo.Order").size());
    model.named("demo.Order").forEach(s -> assertEquals(-1, s.thread(), s::toString));
    model.named("demo.Step").forEach(s -> assertEquals(4720, s.thread(), s::toString));
    for (SliceModel.Slice slice : model.slices) {
      Object length = slice.arguments().getOrDefault("duration_ns", slice.duration());
      assertEquals(length, slice.duration(), slice::toString);
    }
  }

  @Test
  void anEventOfTheProgramSaysWhatDelayedIt() throws IOException, RecordingException {
    Fixture preempted = new Fixture().capture("", "").program("demo.TickToTrade", STRATEGY, 0, 900);
    preempted.event(
        "ContextSwitch",
        STRATEGY,
        100,
        50,
        4,
        "voluntary",
        false,
        "state",
        "running",
        "next",
        "a thread whose ",
        "nextTid",
        FEED.osTid());
    preempted.event("Migration", FEED, 0, 0, 4);
    SliceModel model = SliceModel.of(Message.trace(trace(preempted).toByteArray()));
    Map<String, Object> arguments = model.named("demo.TickToTrade").get(0).arguments();
    assertEquals(FEED.name(), arguments.get("preempted_by"));
    assertEquals("preempted by " + FEED.name(), arguments.get("worst_cause"));
    assertEquals(
        FEED.name(), model.named("preempted by " + FEED.name()).get(0).arguments().get("next"));
  }

  @Test
  void interruptsAreTheKernelTracersToo() throws IOException, RecordingException {
    Fixture fixture = new Fixture().capture("", "");
    fixture.event("HardIrq", STRATEGY, 100, 50, 4, "irq", 33L, "device", "eth0");
    fixture.event("SoftIrq", STRATEGY, 90, 200, 4, "vector", "NET_RX");
    fixture.event("SoftIrq", STRATEGY, 288, 100, 4, "vector", "TIMER");
    SchedModel model = model(fixture);
    assertEquals(List.of(), model.errors);
    assertEquals(
        List.of(
            new SchedModel.Interrupt(4, 100, 50, false, 33),
            new SchedModel.Interrupt(4, 90, 198, true, 3),
            new SchedModel.Interrupt(4, 288, 100, true, 1)),
        model.irqs);
  }

  @Test
  void tasksHaveTheirProcessesAndPriorities() throws IOException, RecordingException {
    Fixture fixture = new Fixture().capture("", "");
    fixture.event(
        "RunQueueWait",
        STRATEGY,
        100,
        50,
        4,
        "kind",
        "wakeup",
        "culprit",
        "backup",
        "culpritTid",
        813L,
        "culpritPid",
        812L,
        "culpritPriority",
        139L,
        "culpritHeld",
        50L,
        "accounted",
        50L,
        "tasksBetween",
        1L,
        "priority",
        98L);
    Trace trace = trace(fixture);
    assertTrue(
        trace.getPacketList().stream()
            .flatMap(packet -> packet.getProcessTree().getThreadsList().stream())
            .anyMatch(
                t -> t.getTid() == 813 && t.getTgid() == 812 && t.getName().equals("backup")));
    SchedModel model = model(fixture);
    assertEquals(
        List.of(new SchedModel.Slice(4, 100, 50, 813, 139)),
        model.slices.stream().filter(s -> s.duration() > 0).toList());
    assertTrue(
        model.slices.contains(new SchedModel.Slice(4, 150, 0, 4720, 98)), model.slices::toString);
  }

  /** Field numbers are those of Perfetto's documentation, not those that we write by. */
  @Test
  void processesHaveTheirStartAndParent() throws IOException, RecordingException {
    Fixture fixture = with(new Fixture().capture("", ""));
    process(fixture, 4711, "java", 20_000_000_000L, 4000, "bash");
    process(fixture, 812, "stress", 0, 0, null);
    process(fixture, 99, "stress-ng", 30_000_000_000L, 4000, "bash");
    List<String> processes = new ArrayList<>();
    List<String> threads = new ArrayList<>();
    for (Message packet : Message.trace(trace(fixture).toByteArray()).messages("packet")) {
      Message tree = packet.message("process_tree");
      for (Message one : tree.messages("processes")) {
        processes.add(
            one.number("pid")
                + " "
                + one.text("cmdline")
                + " of "
                + one.number("ppid")
                + (one.has("process_start_from_boot")
                    ? " since " + one.number("process_start_from_boot")
                    : ""));
      }
      for (Message one : tree.messages("threads")) {
        threads.add(one.number("tid") + " " + one.text("name"));
      }
    }
    assertEquals(
        List.of(
            "4711 trading_engine of 4000 since 57000000123",
            "99 stress-ng of 4000 since 47000000123"),
        processes);
    assertTrue(threads.contains("4000 bash"), threads::toString);
  }

  private static void process(
      Fixture fixture, long pid, String name, long agoNs, long parent, String parentName) {
    fixture.add(
        "ProcessStatus",
        "startTime",
        1L,
        "processId",
        pid,
        "processName",
        name,
        "started",
        agoNs == 0 ? 0 : Fixture.START - agoNs,
        "parentProcessId",
        parent,
        "parentName",
        parentName,
        "ended",
        false);
  }

  @Test
  void eventsKeepTheirFields() throws IOException, RecordingException {
    Trace trace = trace(fixture());
    Map<Long, String> keys = new HashMap<>();
    trace.getPacketList().stream()
        .flatMap(p -> p.getInternedData().getDebugAnnotationNamesList().stream())
        .forEach(name -> keys.put(name.getIid(), name.getName()));
    Map<String, Object> values = new TreeMap<>();
    for (DebugAnnotation a :
        slices(trace, "demo.TickToTrade").get(0).getTrackEvent().getDebugAnnotationsList()) {
      values.put(
          keys.get(a.getNameIid()),
          switch (a.getValueCase()) {
            case BOOL_VALUE -> a.getBoolValue();
            case INT_VALUE -> a.getIntValue();
            case DOUBLE_VALUE -> a.getDoubleValue();
            default -> a.getStringValue();
          });
    }
    assertEquals(
        Map.of(
            "event",
            "demo.TickToTrade",
            "price",
            1.5,
            "ok",
            true,
            "duration_ns",
            123_457L,
            "preempted_by",
            "stress-ng",
            "worst_cause",
            "preempted by stress-ng",
            "worst_cause_ns",
            7_777L),
        values);
  }

  @Test
  void threadsHaveTheirNamesAndWakeupsAreArrows() throws IOException, RecordingException {
    Trace trace = trace(fixture());
    List<String> names =
        trace.getPacketList().stream()
            .map(TracePacket::getTrackDescriptor)
            .filter(TrackDescriptor::hasThread)
            .map(t -> t.getThread().getThreadName())
            .toList();
    assertTrue(names.containsAll(List.of(STRATEGY.name(), FEED.name())), names::toString);
    TrackEvent from = slices(trace, "wakes strategy").get(0).getTrackEvent();
    TracePacket to = slices(trace, "woken by " + FEED.name()).get(0);
    assertEquals(from.getFlowIdsList(), to.getTrackEvent().getTerminatingFlowIdsList());
    assertEquals(MONOTONIC_START + 5_000, to.getTimestamp());
  }

  @Test
  void everyFindingCanBeClicked() throws IOException, RecordingException {
    Fixture fixture = Fixture.badDay();
    Trace trace = trace(fixture);
    fixture
        .report()
        .findings()
        .forEach(finding -> assertEquals(1, slices(trace, finding.title()).size()));
  }
}
