package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import latencyscope.recording.thread.ThreadId;
import latencyscope.timeline.Lane;
import latencyscope.timeline.Slice;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final long LENGTH = Timeline.INTERVALS * 1_000L;

  private static Slice slice(long tid, long start, long duration, boolean exemplar) {
    ThreadId thread = new ThreadId(tid, "t" + tid, 0);
    return new Slice(
        new Lane(thread, -1),
        thread,
        1,
        "isolation",
        "Wait",
        "w",
        start,
        duration,
        exemplar,
        Map.of());
  }

  @Test
  void everyEventIsCountedAndExemplarsAreNot() {
    Timeline timeline = new Timeline(0, LENGTH);
    for (int i = 0; i < 2_000; i++) {
      timeline.accept(slice(1, i, i, false));
    }
    timeline.accept(slice(1, 5, 9_999, true));
    RowSummary row = timeline.rows(timeline.lanes().get(0)).get(0);
    assertEquals(2_000, row.count());
    assertEquals(List.of(0, 1), List.copyOf(row.bins(1).keySet()));
    assertEquals(1_000, row.bins(1).get(1).count);
    assertEquals(1_999, row.bins(1).get(1).max);
    assertEquals(500, row.longest(timeline.longest()).size());
    assertEquals(9_999, row.longest(timeline.longest()).get(0).duration());
  }

  @Test
  void manyRowsAreTakenTogetherMoreCoarsely() {
    Timeline timeline = new Timeline(0, LENGTH);
    for (int thread = 1; thread <= 100; thread++) {
      for (int i = 0; i < Timeline.INTERVALS; i++) {
        timeline.accept(slice(thread, i * 1_000L, 1, false));
      }
    }
    assertEquals(2, timeline.together());
    RowSummary row = timeline.rows(timeline.lanes().get(7)).get(0);
    assertEquals(Timeline.INTERVALS / 2, row.bins(2).size());
    assertTrue(row.bins(2).values().stream().allMatch(bin -> bin.count == 2));
    assertEquals(400, row.longest(timeline.longest()).size());
  }
}
