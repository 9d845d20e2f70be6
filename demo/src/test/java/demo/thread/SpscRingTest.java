package demo.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpscRingTest {
  private final SpscRing<long[]> ring = new SpscRing<>(4, () -> new long[1]);

  @Test
  void anEmptyRingHasNothing() {
    assertNull(ring.poll());
  }

  @Test
  void aFullRingTakesNoMoreUntilASlotIsReleased() {
    for (int i = 0; i < 4; i++) {
      assertNotNull(ring.claim());
      ring.publish();
    }
    assertNull(ring.claim());
    assertNotNull(ring.poll());
    assertNull(ring.claim());
    ring.release();
    assertNotNull(ring.claim());
  }

  @Test
  void aClaimedSlotIsNotSeenBeforeItIsPublished() {
    ring.claim()[0] = 7;
    assertNull(ring.poll());
    ring.publish();
    assertEquals(7, ring.poll()[0]);
  }

  @Test
  void capacityIsAPowerOfTwo() {
    assertThrows(IllegalArgumentException.class, () -> new SpscRing<>(6, Object::new));
  }

  @Test
  void twoThreadsSeeEverythingInOrder() throws Exception {
    long count = 500_000;
    CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> produce(count));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    for (long expected = 0; expected < count && System.nanoTime() < deadline; ) {
      long[] slot = ring.poll();
      if (slot == null) {
        Thread.yield();
      } else {
        assertEquals(expected++, slot[0]);
        ring.release();
      }
    }
    producer.get(1, TimeUnit.SECONDS);
    assertNull(ring.poll());
  }

  private void produce(long count) {
    for (long value = 0; value < count; ) {
      long[] slot = ring.claim();
      if (slot == null) {
        Thread.yield();
      } else {
        slot[0] = value++;
        ring.publish();
      }
    }
  }
}
