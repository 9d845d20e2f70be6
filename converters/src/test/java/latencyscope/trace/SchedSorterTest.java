package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import latencyscope.trace.SchedPoint.Kind;
import org.junit.jupiter.api.Test;

class SchedSorterTest {
  @Test
  void whatDoesNotFitIsSortedAllTheSame() throws IOException {
    List<SchedPoint> points = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 1_003; i++) {
      points.add(
          new SchedPoint(
              random.nextLong() >>> 2,
              random.nextInt(300),
              Kind.values()[random.nextInt(4)],
              random.nextInt(),
              random.nextInt(),
              random.nextInt(257)));
    }
    List<SchedPoint> sorted = new ArrayList<>();
    try (SchedSorter sorter = new SchedSorter(100)) {
      for (SchedPoint point : points) {
        sorter.add(point);
      }
      sorter.drain(sorted::add);
    }
    points.sort(SchedPoint.ORDER);
    assertEquals(points, sorted);
  }
}
