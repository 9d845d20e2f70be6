package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread of ours that sleeps until another one wakes it. */
@Timeout(60)
class WakeupsTest {
  private static final long MS = 1_000_000;
  private static final long COMPILED_NS = 20_000_000_000L;
  private static final long LONG_NS = 30_000 * MS;

  private Wakeups wakeups;

  @BeforeEach
  void open() throws Exception {
    wakeups = new Wakeups(List.of(), System::nanoTime);
  }

  @AfterEach
  void close() {
    wakeups.close();
  }

  private long await(long ns) {
    long startNs = System.nanoTime();
    wakeups.arm();
    assertEquals(ns, wakeups.await(ns), "no program has woken it");
    return System.nanoTime() - startNs;
  }

  @Test
  void sleepsAtLeastAsLongAsItMay() {
    long sleptNs = await(20 * MS + 1);
    assertTrue(sleptNs > 20 * MS, () -> sleptNs + " ns");
  }

  @Test
  void anotherThreadWakesIt() throws Exception {
    Thread waker =
        new Thread(() -> {
          sleep(50);
          wakeups.wake();
        });
    waker.start();
    long sleptNs = await(LONG_NS);
    assertTrue(sleptNs < LONG_NS / 2, () -> sleptNs + " ns");
    waker.join();
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Between its look and its sleep; several are one. */
  @Test
  void whatWakesItBeforeItSleepsIsNotLost() {
    wakeups.wake();
    wakeups.wake();
    assertTrue(await(LONG_NS) < LONG_NS / 2);
    assertTrue(await(20 * MS) >= 20 * MS, "it is woken once");
  }

  /** A thread that stops a capture may come late. */
  @Test
  void whatWakesItAfterItsEndDoesNothing() throws Exception {
    Wakeups ended = new Wakeups(List.of(), System::nanoTime);
    ended.close();
    ended.wake();
  }

  /** Once it is compiled, which happens beside: until then the linker's code makes objects. */
  @Test
  void allocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    long end = System.nanoTime() + COMPILED_NS;
    long perRound;
    do {
      long before = threads.getThreadAllocatedBytes(id);
      for (int i = 0; i < 10_000; i++) {
        wakeups.wake();
        wakeups.arm();
        wakeups.await(MS);
      }
      perRound = (threads.getThreadAllocatedBytes(id) - before) / 10_000;
    } while (perRound > 0 && System.nanoTime() < end);
    assertEquals(0, perRound);
  }
}
