package latencyscope.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import latencyscope.trace.SchedPoint.Kind;
import org.junit.jupiter.api.Test;

class ExternalSorterTest {
  private static final int RECORDS = 1_003;

  @Test
  void pointsThatDoNotFitAreSortedAllTheSame() throws IOException {
    Random random = new Random(7);
    List<SchedPoint> points = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      points.add(
          new SchedPoint(
              random.nextLong() >>> 2,
              random.nextLong(),
              random.nextInt(300),
              kind,
              random.nextInt(),
              random.nextInt(),
              random.nextInt()));
    }
    assertSorted(SchedPoint.BY_TIME, points);
  }

  @Test
  void staysThatDoNotFitAreSortedAllTheSame() throws IOException {
    Random random = new Random(7);
    List<Absence> stays = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      stays.add(
          new Absence(
              random.nextInt(),
              random.nextInt(),
              Absence.Kind.values()[random.nextInt(3)],
              random.nextLong(),
              random.nextLong(),
              random.nextInt(300),
              random.nextInt(300),
              random.nextInt(257),
              random.nextInt(),
              random.nextLong(),
              new Absence.Waker(random.nextInt(), random.nextInt(3) - 1)));
    }
    assertSorted(Absence.BY_THREAD, stays);
  }

  private static <T> void assertSorted(ExternalSorter.Form<T> form, List<T> records)
      throws IOException {
    List<T> first = new ArrayList<>();
    List<T> second = new ArrayList<>();
    try (ExternalSorter<T> sorter = new ExternalSorter<>(form, 100)) {
      for (T record : records) {
        sorter.add(record);
      }
      sorter.drain(first::add);
      sorter.drain(second::add);
    }
    List<T> expected = new ArrayList<>(records);
    expected.sort(form.order());
    assertEquals(expected, first);
    assertEquals(expected, second);
  }
}
