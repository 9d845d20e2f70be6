package latencyscope.perfetto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import latencyscope.analysis.Report;
import latencyscope.recording.Scene;
import latencyscope.trace.TraceWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Schedules as chance has them, as a trace: each state of each thread is as long as its events say,
 * to the nanosecond, whatever was not recorded; and a thread runs where they say that it did, and
 * nowhere else.
 */
class SchedulePropertyTest {
  private static final int STEPS = 150;
  private static final long THRESHOLD = 8_000;

  private static SchedModel model(Scene scene, Comparator<Long> cpus) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Report report = scene.report();
    TraceWriter.write(report, scene::read, new PerfettoOutput(report.recording(), bytes));
    return SchedModel.of(Message.trace(bytes.toByteArray()), cpus);
  }

  @Property(tries = 300)
  void everyStateIsAsLongAsItsEventsSay(@ForAll Random random) throws Exception {
    String captured = List.of("", "0", "1-2").get(random.nextInt(3));
    long threshold = random.nextBoolean() ? 0 : THRESHOLD;
    Schedule schedule = new Schedule(random, captured, threshold, STEPS);
    Comparator<Long> order =
        random.nextBoolean() ? Comparator.naturalOrder() : Comparator.reverseOrder();
    SchedModel model = model(schedule.scene, order);
    assertEquals(List.of(), model.errors);
    assertEquals(schedule.states, states(model, schedule));
    for (SchedModel.Slice slice : model.slices) {
      assertTrue(slice.duration() == 0 || schedule.isCaptured((int) slice.cpu()), slice::toString);
    }
    schedule
        .states
        .keySet()
        .forEach(thread -> {
          long ran = model.sums(thread).getOrDefault("Running", 0L);
          long known = schedule.ran.getOrDefault(thread, 0L);
          assertTrue(
              threshold > 0 ? ran <= known : ran == known,
              () -> thread + ": " + ran + ", " + known);
        });
  }

  private static Map<Long, Map<String, Long>> states(SchedModel model, Schedule schedule) {
    Map<Long, Map<String, Long>> states = new TreeMap<>();
    for (Long thread : schedule.states.keySet()) {
      Map<String, Long> sums = model.sums(thread);
      sums.keySet().removeAll(List.of("Running", "I"));
      states.put(thread, sums);
    }
    return states;
  }
}
