package demo.strategy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.feed.Tick;
import demo.thread.SpscRing;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When the strategy's thread ends. */
class StrategyLoopTest {
  private static final long LONG_MS = 30_000;

  private final SpscRing<Tick> ring = new SpscRing<>(2, Tick::new);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final StrategyLoop loop =
      new StrategyLoop(ring, null, () -> {}, ready::countDown); // trades nothing

  private Thread started() throws InterruptedException {
    Thread thread = new Thread(loop, "strategy-test");
    thread.start();
    ready.await();
    return thread;
  }

  private void end() {
    ring.claim().kind = Tick.Kind.END;
    ring.publish();
  }

  /** On a busy host the feed may be over before a disease has read how it went. */
  @Test
  void livesWhileItsCountsAreNeeded() throws InterruptedException {
    Thread thread = started();
    end();
    thread.join(200);
    assertTrue(thread.isAlive());
    assertTrue(loop.kernelThread().voluntarySwitches() >= 0);
    loop.dismiss();
    thread.join(LONG_MS);
    assertFalse(thread.isAlive());
  }

  @Test
  void goesOnToTheEndOfTheStream() throws InterruptedException {
    Thread thread = started();
    loop.dismiss();
    thread.join(200);
    assertTrue(thread.isAlive());
    end();
    thread.join(LONG_MS);
    assertFalse(thread.isAlive());
    assertNull(ring.poll());
  }

  @Test
  void stopsWhateverIsLeft() throws InterruptedException {
    Thread thread = started();
    loop.stop();
    thread.join(LONG_MS);
    assertFalse(thread.isAlive());
  }
}
