package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.internal.util.DisjointBuilder;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** Threads that take turns on two CPUs, through Mission Control's sorting into lanes. */
class ThreadLanesTest {
  private static final int TURNS = 20_000;
  private static final int THREADS = 20;
  private static final int BLOCK = 100;

  private record Turn(int number, long thread, long start, long end) {}

  private static final List<ValueField> FIELDS =
      List.of(
          new ValueField("startTime", "", "", UnitLookup.TIMESTAMP),
          new ValueField("duration", "", "", UnitLookup.TIMESPAN),
          new ValueField("osThreadId", "", "", UnitLookup.RAW_NUMBER),
          new ValueField("cpu", "", "", UnitLookup.NUMBER));

  /**
   * Off-CPU times: one thread's ends in the nanosecond in which the next one's on that CPU begins.
   * What two CPUs report comes in blocks.
   */
  private static List<Turn> turns() {
    Random random = new Random(7);
    List<List<Turn>> ofCpus = List.of(ofCpu(random, 100), ofCpu(random, 200));
    List<Turn> turns = new ArrayList<>();
    for (int from = 0; from < TURNS; from += BLOCK) {
      for (List<Turn> ofCpu : ofCpus) {
        turns.addAll(ofCpu.subList(from, from + BLOCK));
      }
    }
    return turns;
  }

  private static List<Turn> ofCpu(Random random, int firstThread) {
    long[] off = new long[THREADS];
    long now = 1_000;
    List<Turn> turns = new ArrayList<>();
    int running = 0;
    for (int i = 0; i < TURNS; i++) {
      now += 1 + random.nextInt(3);
      int next = (running + 1 + random.nextInt(THREADS - 1)) % THREADS;
      turns.add(new Turn(firstThread * TURNS + i, firstThread + next, off[next], now));
      off[running] = now;
      running = next;
    }
    return turns;
  }

  /** A factory that sorts as Mission Control's does: each sink on its own, then all together. */
  private static final class Sorting implements IEventSinkFactory {
    private final List<DisjointBuilder<Turn>> builders = new ArrayList<>();
    private List<Turn> turns;
    private int at;

    @Override
    public IEventSink create(
        String id, String label, String[] category, String description, List<ValueField> fields) {
      DisjointBuilder<Turn> builder = new DisjointBuilder<>(at(Turn::start), at(Turn::end));
      builders.add(builder);
      return values -> builder.add(turns.get(at));
    }

    private static IMemberAccessor<IQuantity, Turn> at(
        java.util.function.ToLongFunction<Turn> time) {
      return turn -> UnitLookup.EPOCH_NS.quantity(time.applyAsLong(turn));
    }

    @Override
    public void flush() {}

    List<Integer> sorted(IEventSink sink, List<Turn> all) {
      turns = all;
      for (at = 0; at < all.size(); at++) {
        Turn turn = all.get(at);
        sink.addEvent(
            new Object[] {null, null, turn.thread(), UnitLookup.NUMBER_UNITY.quantity(1)});
      }
      return DisjointBuilder.toArrays(builders, Turn[]::new).stream()
          .flatMap(Arrays::stream)
          .map(Turn::number)
          .sorted()
          .collect(Collectors.toList());
    }
  }

  private static List<Integer> numbers(List<Turn> turns) {
    return turns.stream().map(Turn::number).sorted().toList();
  }

  @Test
  void everyTurnIsThereOnce() {
    Sorting sorting = new Sorting();
    List<Turn> turns = turns();
    IEventSink sink =
        new ThreadLanes()
            .getEventSinkFactory(sorting)
            .create("latencyscope.ContextSwitch", "", new String[0], "", FIELDS);
    assertTrue(numbers(turns).equals(sorting.sorted(sink, turns)));
  }

  /** Should this fail one day, Mission Control sorts well, and the class can go. */
  @Test
  void withoutItTheyAreNot() {
    Sorting sorting = new Sorting();
    List<Turn> turns = turns();
    IEventSink sink = sorting.create("latencyscope.ContextSwitch", "", new String[0], "", FIELDS);
    assertFalse(numbers(turns).equals(sorting.sorted(sink, turns)));
  }
}
