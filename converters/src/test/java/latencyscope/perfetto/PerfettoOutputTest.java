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
import latencyscope.recording.RecordingException;
import latencyscope.recording.ThreadId;
import latencyscope.trace.TraceWriter;
import org.junit.jupiter.api.Test;

class PerfettoOutputTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final ThreadId FEED = new ThreadId(4721, "fe\"<ed> 取引", 0);

  // So that monotonic time is not the time since the epoch, nor since the begin of the capture.
  private static final long MONOTONIC_START = 77_000_000_123L;

  private static Fixture fixture() {
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .add(
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
        "returnCpu",
        returnCpu,
        "waited",
        waited,
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

  /** States of threads as Perfetto derives them from switches and wakeups. */
  private static Map<String, Long> states(Trace trace, int thread) {
    List<FtraceEvent> events = new ArrayList<>();
    trace.getPacketList().forEach(p -> events.addAll(p.getFtraceEvents().getEventList()));
    events.sort(Comparator.comparingLong(FtraceEvent::getTimestamp));
    Map<String, Long> sums = new TreeMap<>();
    String state = null;
    long since = 0;
    for (FtraceEvent event : events) {
      String next = state;
      if (event.hasSchedWaking() && event.getSchedWaking().getPid() == thread) {
        boolean blocked = state != null && !state.startsWith("R");
        next = blocked ? "R" : state;
      } else if (event.hasSchedSwitch() && event.getSchedSwitch().getPrevPid() == thread) {
        next =
            switch ((int) event.getSchedSwitch().getPrevState()) {
              case 0 -> "R";
              case 0x100 -> "R+";
              case 1 -> "S";
              case 2 -> "D";
              default -> "?";
            };
      } else if (event.hasSchedSwitch() && event.getSchedSwitch().getNextPid() == thread) {
        next = "Running";
      }
      if (state != null && !state.equals(next)) {
        sums.merge(state, event.getTimestamp() - since, Long::sum);
      }
      if (next != null && !next.equals(state)) {
        since = event.getTimestamp();
      }
      state = next;
    }
    return sums;
  }

  @Test
  void statesOfThreadsAreWhatTheKernelMeasured() throws IOException, RecordingException {
    Trace trace = trace(fixture());
    assertEquals(
        Map.of("S", 3_500L, "R", 500L, "R+", 7_777L, "Running", 20_000L - 5_000),
        states(trace, 4720));
    assertEquals(Map.of("D", 7_000L, "R", 3_000L), states(trace, 4721));
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
    TracePacket begin = slices(trace, "demo.TickToTrade").get(0);
    long uuid = begin.getTrackEvent().getTrackUuid();
    TracePacket end =
        trace.getPacketList().stream()
            .filter(p -> p.getTrackEvent().getTrackUuid() == uuid)
            .filter(p -> p.getTrackEvent().getType() == TrackEvent.Type.TYPE_SLICE_END)
            .findFirst()
            .orElseThrow();
    assertEquals(MONOTONIC_START + 100, begin.getTimestamp());
    assertEquals(123_457, end.getTimestamp() - begin.getTimestamp());
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
        Map.of("event", "demo.TickToTrade", "price", 1.5, "ok", true, "duration_ns", 123_457L),
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
