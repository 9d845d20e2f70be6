package latencyscope.perfetto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.perfetto.TracedRecording.Event;
import latencyscope.proc.CpuSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real recordings as traces, decoded by Perfetto's published field numbers and judged by models of
 * its rules: against what the recordings' own events say. One is of version 0.2.
 */
class RecordingTraceTest {
  // Both ends of a switch are converted from ticks each for itself.
  private static final long CLOCK_NS = 1_000;

  @TempDir static Path folder;
  private static final List<TracedRecording> RECORDINGS = new ArrayList<>();

  @BeforeAll
  static void convert() throws Exception {
    RECORDINGS.add(TracedRecording.of("engine", folder));
    RECORDINGS.add(TracedRecording.of("contended", folder));
  }

  static List<TracedRecording> recordings() {
    return RECORDINGS;
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void itIsReadWithoutAnError(TracedRecording traced) {
    assertEquals(List.of(), traced.sched.errors);
    assertEquals(List.of(), traced.slices.errors);
  }

  /** Waits that are recorded alone come on top of those that are the end of a stay. */
  @ParameterizedTest
  @MethodSource("recordings")
  void threadsSleptAndWaitedAsLongAsTheirEventsSay(TracedRecording traced) {
    Map<Long, Map<String, Long>> expected = new TreeMap<>();
    Map<Long, Integer> switches = new TreeMap<>();
    for (Event event : traced.events("ContextSwitch")) {
      switches.merge(event.thread(), 1, Integer::sum);
      stay(event, expected.computeIfAbsent(event.thread(), t -> new TreeMap<>()));
    }
    assertTrue(expected.size() > 10, expected::toString);
    expected.forEach((thread, states) -> {
      Map<String, Long> shown = traced.sched.sums(thread);
      long slack = switches.get(thread) * CLOCK_NS;
      for (String state : List.of("S", "D")) {
        long sum = states.getOrDefault(state, 0L);
        assertEquals(sum, shown.getOrDefault(state, 0L), slack, thread + " " + state);
      }
      for (String state : List.of("R", "R+")) {
        long least = states.getOrDefault(state, 0L) - slack;
        assertTrue(
            shown.getOrDefault(state, 0L) >= least,
            () -> thread + " " + states + " shown " + shown);
      }
    });
  }

  private static void stay(Event event, Map<String, Long> states) {
    if (!event.voluntary()) {
      states.merge("R+", event.duration(), Long::sum);
    } else if (!"running".equals(event.state())) {
      states.merge("R", event.waited(), Long::sum);
      String state = "disk".equals(event.state()) ? "D" : "S";
      states.merge(state, event.duration() - event.waited(), Long::sum);
    } else {
      states.merge("R", event.duration(), Long::sum);
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void nobodyRunsOnTwoCpusOrWhereNothingWasCaptured(TracedRecording traced) {
    String captured = traced.recording.capture().cpus().toString();
    Map<Long, List<SchedModel.Slice>> byTask = new HashMap<>();
    for (SchedModel.Slice slice : traced.sched.slices) {
      if (slice.duration() > 0) {
        byTask.computeIfAbsent(slice.task(), t -> new ArrayList<>()).add(slice);
        assertTrue(
            captured.isEmpty() || CpuSet.parse(captured).contains((int) slice.cpu()),
            slice::toString);
      }
    }
    assertFalse(byTask.isEmpty());
    byTask
        .values()
        .forEach(ran -> {
          ran.sort(Comparator.comparingLong(SchedModel.Slice::start));
          for (int i = 1; i < ran.size(); i++) {
            SchedModel.Slice before = ran.get(i - 1);
            assertTrue(before.start() + before.duration() <= ran.get(i).start(), before::toString);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void everySliceIsAsLongAsItsEvent(TracedRecording traced) {
    assertTrue(traced.slices.slices.size() > 1_000, () -> "" + traced.slices.slices.size());
    for (SliceModel.Slice slice : traced.slices.slices) {
      Object length = slice.arguments().getOrDefault("duration_ns", slice.duration());
      assertEquals(length, slice.duration(), slice::toString);
    }
  }

  /** Of each CPU and interrupt line or vector: how many, and how long in all. */
  @ParameterizedTest
  @MethodSource("recordings")
  void interruptsAreThereOneByOne(TracedRecording traced) {
    Map<String, long[]> expected = new TreeMap<>();
    for (Event event : traced.events) {
      if (event.type().equals("HardIrq") || event.type().equals("SoftIrq")) {
        String key = event.cpu() + " " + event.type() + " " + event.number();
        long[] sum = expected.computeIfAbsent(key, k -> new long[2]);
        sum[0]++;
        sum[1] += event.duration();
      }
    }
    Map<String, long[]> shown = new TreeMap<>();
    for (SchedModel.Interrupt one : traced.sched.irqs) {
      String key = one.cpu() + " " + (one.soft() ? "SoftIrq" : "HardIrq") + " " + one.number();
      long[] sum = shown.computeIfAbsent(key, k -> new long[2]);
      sum[0]++;
      sum[1] += one.duration();
    }
    assertFalse(expected.isEmpty());
    assertEquals(expected.keySet(), shown.keySet());
    expected.forEach((key, sum) -> {
      assertEquals(sum[0], shown.get(key)[0], key);
      assertEquals(sum[1], shown.get(key)[1], sum[0] * CLOCK_NS, key);
    });
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void percentilesHoldForTheirIntervals(TracedRecording traced) {
    assertTrue(traced.slices.counters.size() > 10);
    traced
        .slices
        .counters
        .values()
        .forEach(times -> assertTrue(times.get(times.size() - 1) > times.get(0), times::toString));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void numbersOfTheLongestAreNumbers(TracedRecording traced) {
    for (SliceModel.Slice slice : traced.slices.slices) {
      slice
          .arguments()
          .forEach((key, value) -> {
            if (key.endsWith("Tid") || key.endsWith("Pid") || key.endsWith("Priority")) {
              assertTrue(value instanceof Long, () -> key + " of " + slice);
            }
          });
    }
    boolean longest =
        traced.slices.slices.stream().anyMatch(s -> s.arguments().containsKey("below_threshold"));
    assertEquals(traced == RECORDINGS.get(0), longest, "only one has thresholds");
  }
}
