package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What mutated recordings found: events about the capture that lack what they are about. */
class DamagedMeasuresTest {
  @Test
  void aMeasureWithoutANameIsLeftOutAndSaid() {
    Recording recording =
        Fixture.goodDay()
            .add("Counter", "module", "isolation", "measure", null, "value", 7L)
            .add("Histogram", "module", null, "measure", "runqueue_wakeup", "count", 7L)
            .add("HostFact", "name", null, "value", "x")
            .recording();
    assertEquals(400, recording.distribution("isolation", "runqueue_wakeup").get().count());
    assertTrue(recording.notes().iterator().next().startsWith("A measure without a name"));
    assertEquals(1, recording.notes().size());
  }
}
