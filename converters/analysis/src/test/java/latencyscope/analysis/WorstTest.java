package latencyscope.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import latencyscope.analysis.tally.Timed;
import org.junit.jupiter.api.Test;

class WorstTest {
  private record Stop(long start, long cost) implements Timed {}

  /** Mission Control hands events out in another order than a file has them. */
  @Test
  void theOrderOfArrivalDoesNotMatter() {
    List<Stop> stops = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      stops.add(new Stop(i, i % 3));
    }
    List<Stop> expected =
        List.of(new Stop(2, 2), new Stop(5, 2), new Stop(8, 2), new Stop(11, 2), new Stop(14, 2));
    Random random = new Random(7);
    for (int turn = 0; turn < 100; turn++) {
      Collections.shuffle(stops, random);
      Worst<Stop> worst = new Worst<>(5, Stop::cost);
      stops.forEach(worst::add);
      assertEquals(expected, worst.descending());
    }
  }
}
