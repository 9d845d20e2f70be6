package latencyscope.ledger.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.Part;
import latencyscope.ledger.Window;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What holds for windows over any stream of events: of several threads, one of them virtual,
 * nested, out of order, cut off by the end of the capture, with fields that damage has made absurd,
 * or lost.
 */
class ExplainerPropertyTest {
  private static final int WINDOWS = 25;
  private static final long RANGE = 1_000_000;
  private static final ThreadId VIRTUAL = new ThreadId(0, "order", 40);
  private static final List<ThreadId> THREADS =
      List.of(
          new ThreadId(4720, "strategy", 12),
          new ThreadId(4721, "risk", 13),
          new ThreadId(4712, "VM Thread", 0));
  private static final List<String> TYPES =
      List.of(
          "ContextSwitch",
          "RunQueueWait",
          "HardIrq",
          "SoftIrq",
          "LocalInterrupt",
          "TlbShootdown",
          "KernelLockWait",
          "MemoryStall",
          "PageFault",
          "FutexWait",
          "BlockingSyscall",
          "Sleep",
          "Migration");

  /** 10,000 windows and more in all. */
  @Property(tries = 450)
  void partsAndRemainderAddUpOverAnyStream(@ForAll Random random) throws Exception {
    Scene scene = Scene.captured(RANGE, random.nextInt(4) == 0 ? "1" : "");
    int events = random.nextInt(120);
    for (int i = 0; i < events; i++) {
      add(scene, random);
    }
    if (random.nextInt(4) == 0) {
      lose(scene, random);
    }
    scene.shuffled(random.nextLong());
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < WINDOWS; i++) {
      ThreadId thread = random.nextInt(3) == 0 ? VIRTUAL : any(THREADS, random);
      long start = Scene.START + random.nextLong(-RANGE / 10, RANGE);
      long end = start + random.nextLong(RANGE / 2);
      windows.add(new Window("x", "x", thread, start, end, random.nextBoolean()));
    }
    List<Ledger> ledgers = Explainer.ledgers(scene::read, windows);
    assertEquals(WINDOWS, ledgers.size());
    for (int i = 0; i < WINDOWS; i++) {
      assertAddsUp(windows.get(i), ledgers.get(i));
    }
  }

  private static void assertAddsUp(Window window, Ledger ledger) {
    assertEquals(window, ledger.window());
    long sum = ledger.unexplained();
    assertTrue(ledger.unexplained() >= 0);
    for (Part part : ledger.parts()) {
      assertTrue(part.ns() > 0 && part.longest() > 0 && part.stretches() > 0, part::toString);
      sum += part.ns();
    }
    assertEquals(window.duration(), sum, () -> ledger.parts().toString());
  }

  private static void add(Scene scene, Random random) {
    long start = random.nextLong(-RANGE / 10, RANGE);
    // Some outlast the capture, some end before they begin.
    long length = random.nextLong(-RANGE / 50, RANGE / 4);
    ThreadId thread = any(THREADS, random);
    switch (random.nextInt(8)) {
      case 0 ->
          scene.jvm(Mounts.PINNED, VIRTUAL, start, length, "carrierThread", Scene.value(thread));
      case 1 -> scene.jvm("jdk.ThreadPark", random.nextBoolean() ? VIRTUAL : thread, start, length);
      case 2 -> scene.count(thread, "voluntary_switches", random.nextLong(-5, 50));
      default ->
          scene.kernel(
              any(TYPES, random),
              thread,
              start,
              length,
              random.nextInt(-1, 3),
              "state",
              any(List.of("running", "sleeping", "disk", "?"), random),
              "waited",
              random.nextLong(-RANGE, RANGE),
              "throttled",
              random.nextLong(-2, RANGE / 4),
              "culprit",
              any(List.of("sh", "kworker/1:0"), random),
              "culpritHeld",
              random.nextLong(-1, RANGE),
              "tasksBetween",
              random.nextLong(-1, 4),
              "waker",
              "risk",
              "wakerTid",
              random.nextLong(4719, 4723),
              "toCpu",
              random.nextLong(-1, 3));
    }
  }

  private static void lose(Scene scene, Random random) {
    scene.about(
        "RecordsLost",
        "startTime",
        Scene.START + random.nextLong(RANGE),
        "module",
        "isolation",
        "type",
        "latencyscope.ContextSwitch",
        "count",
        1L,
        "reason",
        "the ring buffer was full");
  }

  private static <T> T any(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }
}
