package example;

import java.util.concurrent.locks.LockSupport;
import latencyscope.junit.LatencyContract;
import org.junit.jupiter.api.Test;

/** Tests of a small engine: one passes, one fails, one is inconclusive. */
class EngineContractTest {
  private static final long RUN_NS = 500_000_000;

  /** A thread that never gives its CPU away. */
  private static void feed(Runnable perTick) throws InterruptedException {
    Thread feed =
        new Thread(
            () -> {
              long end = System.nanoTime() + RUN_NS;
              while (System.nanoTime() < end) {
                perTick.run();
              }
            },
            "feed");
    feed.start();
    feed.join();
  }

  @Test
  @LatencyContract("latencyscope.yml")
  void passesWhereTheFeedSpins() throws Exception {
    feed(Thread::onSpinWait);
  }

  @Test
  @LatencyContract("latencyscope.yml")
  void failsWhereTheFeedSleeps() throws Exception {
    feed(() -> LockSupport.parkNanos(1_000_000));
  }

  @Test
  @LatencyContract(threads = "strategy", limits = "sleeps: 0")
  void isInconclusiveWhereTheThreadIsMissing() throws Exception {
    feed(Thread::onSpinWait);
  }
}
