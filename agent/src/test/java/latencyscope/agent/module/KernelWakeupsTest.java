package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread of ours that sleeps until the programs have something that cannot wait. */
@KernelTest
@Timeout(60)
class KernelWakeupsTest {
  private static final long MS = 1_000_000;
  private static final long LONG_NS = 20_000 * MS;
  private static final int RING_BYTES = 16 << 20;
  private static final int RUN_QUEUE_WAIT = 0;

  private WatchedJvm jvm;
  private Wakeups wakeups;

  @BeforeEach
  void watch() throws Exception {
    jvm = new WatchedJvm(RING_BYTES);
    wakeups = new Wakeups(List.of(jvm.object()), System::nanoTime);
    jvm.variable("threshold_ns").fill((byte) -1); // no records
    jvm.watch();
    Thread.sleep(200); // the JVM's own threads have been seen, but for some
  }

  @AfterEach
  void close() {
    wakeups.close();
    jvm.close();
  }

  private long claimed() throws Exception {
    return jvm.variable("slots_claimed").get(ValueLayout.JAVA_LONG, 0);
  }

  /** Sleeps until a thread of the target is born, also if that is soon one of the JVM's. */
  private long awaitBirth() throws Exception {
    wakeups.arm();
    long before = claimed();
    long startNs = System.nanoTime();
    long plannedNs = wakeups.await(LONG_NS);
    assertTrue(claimed() > before, "woken without a reason");
    assertTrue(plannedNs < LONG_NS, "it was not a program that woke it");
    assertTrue(plannedNs <= System.nanoTime() - startNs, "woken before it was to be");
    return System.nanoTime() - startNs;
  }

  @Test
  void aThreadThatIsBornWakesIt() throws Exception {
    Thread parent =
        new Thread(() -> {
          while (!Thread.currentThread().isInterrupted()) {
            new Thread(() -> {}).start();
            try {
              Thread.sleep(50);
            } catch (InterruptedException e) {
              return;
            }
          }
        });
    parent.start();
    for (int i = 0; i < 20; i++) {
      long tookNs = awaitBirth();
      assertTrue(tookNs < LONG_NS / 2, () -> tookNs + " ns");
    }
    parent.interrupt();
    parent.join();
  }

  /** Each wakeup costs the engine an interrupt. */
  @Test
  void aReaderThatDoesNotSleepIsNotWoken() throws Exception {
    wakeups.arm();
    wakeups.disarm();
    long before = claimed();
    Thread thread = new Thread(() -> {});
    thread.start();
    thread.join();
    assertTrue(claimed() > before);
    assertEquals(0, jvm.object().ring("ls_wakeups").pendingBytes());
  }

  @Test
  void aTriggerThatIsMetWakesIt() throws Exception {
    jvm.variable("threshold_ns").fill((byte) 0);
    jvm.variable("trigger_ns").setAtIndex(ValueLayout.JAVA_LONG, RUN_QUEUE_WAIT, 0);
    long met = awaitOf("triggers_met");
    assertTrue(met > 0, "no condition was met");
  }

  @Test
  void aRingThatIsHalfFullWakesIt() throws Exception {
    jvm.variable("threshold_ns").fill((byte) 0);
    List<Thread> sleepers = IntStream.range(0, 3).mapToObj(i -> new Thread(this::nap)).toList();
    sleepers.forEach(Thread::start);
    try {
      long pending = 0;
      for (int i = 0; i < 1_000 && pending <= RING_BYTES / 2; i++) {
        wakeups.arm();
        assertTrue(wakeups.await(LONG_NS) < LONG_NS, "the ring has filled unseen");
        pending = jvm.object().ring("ls_events").pendingBytes();
      }
      assertTrue(pending > RING_BYTES / 2 && pending < RING_BYTES, pending + " bytes");
    } finally {
      sleepers.forEach(Thread::interrupt);
      for (Thread sleeper : sleepers) {
        sleeper.join();
      }
    }
  }

  private void nap() {
    try {
      while (true) {
        Thread.sleep(0, 1);
      }
    } catch (InterruptedException e) {
      // the end
    }
  }

  /** Sleeps, twice more if threads of the JVM were born meanwhile, and says what a counter is. */
  private long awaitOf(String counter) throws Exception {
    long now = 0;
    for (int i = 0; i < 3 && now == 0; i++) {
      wakeups.arm();
      wakeups.await(1_000 * MS);
      now = jvm.variable(counter).get(ValueLayout.JAVA_LONG, 0);
    }
    return now;
  }
}
