package latencyscope.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import latencyscope.ledger.Cause;
import org.junit.jupiter.api.Test;

class LiveModelTest {
  private static final long MS = Made.MS;

  private final Made made = new Made();

  private static LostTime time(Snapshot shown, String thread) {
    return shown.threads().stream()
        .filter(row -> row.thread().name().equals(thread))
        .findFirst()
        .orElseThrow()
        .time();
  }

  @Test
  void aPreemptionIsLostTimeAndAStallThatNamesItsCulprit() {
    Snapshot shown = made.waits(1, "strategy", 100, 4, "sh", 77).complete(200).shown(1);
    assertEquals(4 * MS, time(shown, "strategy").lost());
    assertEquals(4 * MS, time(shown, "strategy").of(Cause.RUNNABLE));
    assertEquals(4 * MS, time(shown, "strategy").longest());
    Stall stall = shown.stalls().get(0);
    assertEquals("sh (pid 77)", stall.culprit());
    assertEquals(4 * MS, stall.ns());
    assertEquals(Made.BEGIN + 100 * MS, stall.start());
    assertEquals("behind sh (pid 77) on CPU 1", stall.words());
  }

  /** The wait is a part of the stay off the CPU, which the scheduler's event has in it, too. */
  @Test
  void aMomentIsChargedOnce() {
    made.off(1, "strategy", 100, 20, 4).waits(1, "strategy", 116, 4, "sh", 77);
    Snapshot shown = made.complete(200).shown(1);
    assertEquals(4 * MS, time(shown, "strategy").of(Cause.RUNNABLE));
    assertEquals(16 * MS, time(shown, "strategy").of(Cause.BLOCKED));
    assertEquals(4 * MS, time(shown, "strategy").lost(), "to be blocked is not lost");
    assertEquals(1, shown.stalls().size());
  }

  @Test
  void aSoftirqWithinAPageFaultIsASoftirq() {
    made.faults(1, "strategy", 100, 10).softirq(1, "strategy", 104, 1);
    LostTime time = time(made.complete(200).shown(1), "strategy");
    assertEquals(9 * MS, time.of(Cause.PAGE_FAULT));
    assertEquals(MS, time.of(Cause.SOFTIRQ));
    assertEquals(10 * MS, time.lost());
  }

  @Test
  void windowsForgetWhatIsOlder() {
    made.waits(1, "strategy", 0, 4, "sh", 77).complete(500);
    made.waits(1, "strategy", 5_000, 2, "sh", 77).complete(5_500);
    assertEquals(2 * MS, time(made.shown(1), "strategy").lost());
    assertEquals(6 * MS, time(made.shown(10), "strategy").lost());
    made.complete(14_000);
    assertEquals(0, time(made.shown(1), "strategy").lost());
    assertEquals(2 * MS, time(made.shown(10), "strategy").lost());
    assertEquals(6 * MS, time(made.shown(60), "strategy").lost());
    assertEquals(2, made.shown(60).stalls().size());
    made.waits(2, "other", 119_000, 1, "sh", 77).complete(120_000);
    assertEquals(0, time(made.shown(60), "strategy").lost());
    assertEquals(1, made.shown(60).stalls().size());
  }

  /** The part of a long stretch that is in the window, though it is reported at its end. */
  @Test
  void aLongStretchIsSpreadOverItsTime() {
    LostTime time = time(made.off(1, "io", 0, 30_000, 0).complete(30_000).shown(10), "io");
    assertTrue(Math.abs(10_000 * MS - time.of(Cause.BLOCKED)) <= Slots.SLOT_NS, "" + time);
    made.off(1, "io", 100_000, 1_000_000, 0).complete(1_100_000);
    LostTime longest = time(made.shown(60), "io");
    assertTrue(Math.abs(60_000 * MS - longest.of(Cause.BLOCKED)) <= Slots.SLOT_NS);
  }

  /** Events of another process come late. */
  @Test
  void theWindowEndsWithTheLatestEvent() {
    made.waits(1, "strategy", 5_000, 2, "sh", 77).complete(3_000);
    assertEquals(2 * MS, time(made.shown(1), "strategy").lost());
    made.complete(5_500).waits(1, "damaged", 9e6, 1, "sh", 77).complete(5_600);
    assertTrue(made.shown(1).until() <= Made.BEGIN + 11_000 * MS);
  }

  @Test
  void threadsAreInTheOrderThatIsAskedFor() {
    made.waits(1, "b", 0, 4, "sh", 77).waits(2, "a", 10, 3, "sh", 77).waits(2, "a", 20, 2, "x", 1);
    made.off(3, "c", 0, 90, 0).complete(100);
    assertEquals("abc", order(View.Order.LOST));
    assertEquals("bac", order(View.Order.WORST));
    assertEquals("cab", order(View.Order.BLOCKED));
    assertEquals("abc", order(View.Order.NAME));
  }

  private String order(View.Order order) {
    StringBuilder names = new StringBuilder();
    made.model
        .snapshot(new View(1, order, 0))
        .threads()
        .forEach(row -> names.append(row.thread().name()));
    return names.toString();
  }

  @Test
  void oneThreadShowsItsOwnStalls() {
    made.waits(1, "b", 0, 4, "sh", 77).waits(2, "a", 10, 3, "cron", 78).complete(100);
    Snapshot shown = made.model.snapshot(new View(1, View.Order.LOST, 2));
    assertEquals(1, shown.threads().size());
    assertEquals(List.of("cron (pid 78)"), shown.stalls().stream().map(Stall::culprit).toList());
  }

  /** Whatever comes, memory does not grow. */
  @Test
  void threadsStallsAndSpansAreBounded() {
    for (int i = 0; i < LiveThreads.LIMIT + 10; i++) {
      made.waits(i + 1, "t" + i, i, 1, "sh", 77);
    }
    for (int i = 0; i < 10_000; i++) {
      made.waits(1, "t0", i / 10.0, 0.05, "p" + i, i + 100);
    }
    Snapshot shown = made.complete(1_000).shown(10);
    assertEquals(LiveThreads.LIMIT, shown.threads().size());
    assertEquals(10, shown.eventsLeftOut());
    assertTrue(shown.stalls().size() <= 64, "" + shown.stalls().size());
    // A thread that has been silent for long makes room.
    made.waits(9_999, "late", 120_000, 1, "sh", 77).complete(120_100);
    assertEquals(MS, time(made.shown(1), "late").lost());
    assertEquals(10, made.shown(1).eventsLeftOut());
  }

  @Test
  void cpusShowWhoTookThem() {
    made.waits(1, "a", 0, 4, "sh", 77).waits(2, "b", 0, 3, "sh", 77).waits(2, "b", 9, 1, "x", 5);
    made.model.looked(Map.of(0, 0.25, 1, 1.0), Map.of(1, Map.of(1L, "kernel-name", 9L, "new")));
    CpuRow cpu = made.complete(100).shown(1).cpus().get(1);
    assertEquals(1.0, cpu.busy());
    assertEquals(List.of("a", "new"), cpu.running());
    assertEquals(
        List.of(new CpuRow.Holder("sh (pid 77)", 7 * MS), new CpuRow.Holder("x (pid 5)", MS)),
        cpu.holders());
    assertEquals(List.of(), made.shown(1).cpus().get(0).holders());
  }

  @Test
  void aThreadIsShownUnderItsLatestName() {
    made.waits(1, "Thread-0", 0, 4, "sh", 77).waits(1, "strategy", 10, 4, "sh", 77).complete(100);
    assertEquals(8 * MS, time(made.shown(1), "strategy").lost());
    made.model.learn(Map.of(1L, "strategy-of-a-long-name"));
    made.waits(1, "strategy", 50, 1, "sh", 77).complete(100);
    assertEquals(9 * MS, time(made.shown(1), "strategy-of-a-long-name").lost());
  }
}
