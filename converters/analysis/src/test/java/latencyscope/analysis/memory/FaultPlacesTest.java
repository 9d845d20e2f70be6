package latencyscope.analysis.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class FaultPlacesTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final String INSERT = "java.util.HashMap.put:9 < demo.Book.insert:88 < …";

  private final FaultPlaces places = new FaultPlaces();

  private void fault(String stack, long ns) {
    places.add(
        new PageFault(
            STRATEGY, 0, ns, 1, false, "java-heap", null, 0, -1, -1, CodeStack.of(stack), "write"));
  }

  @Test
  void theLineThatCostMostIsNamed() {
    fault(INSERT, 700);
    fault(INSERT, 800);
    fault("demo.Feed.read:7", 1_000);
    fault(null, 9_000);
    FaultPlaces.Place place = places.costliest(STRATEGY, false).orElseThrow();
    assertEquals("2 of 4 recorded faults were at demo.Book.insert:88.", place.words());
    assertEquals(List.of("java.util.HashMap.put:9", "demo.Book.insert:88", "…"), place.frames());
    assertTrue(places.costliest(STRATEGY, true).isEmpty());
  }

  @Test
  void aStackOfWhichTheTopIsNotKnownNamesNoLine() {
    fault("… < demo.Book.insert:88", 700);
    fault("java.lang.Thread.run:1", 700);
    assertTrue(places.costliest(STRATEGY, false).isEmpty());
  }
}
