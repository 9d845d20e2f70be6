package latencyscope.guest.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Who a thread is. */
class ThreadDirectoryTest {
  /** More than the kernel gives. */
  private static final int NOBODYS_ID = 1 << 23;

  private final ThreadDirectory directory = new ThreadDirectory(null, (id, name) -> true);

  @Test
  void nothingIsDueAsLongAsAllAreKnown() {
    assertFalse(directory.isRetryDue());
  }

  /** Its parent has had it made, and lost the CPU before it made it known. */
  @Test
  void aThreadThatWasNotFoundIsLookedForWithoutWaitingForABatch() {
    long beganNs = System.nanoTime();
    ThreadDirectory.Entry entry = directory.ofModule().of(1, NOBODYS_ID, "being-born");
    assertEquals("being-born", entry.name());
    assertNull(entry.thread());
    int looks = 0;
    for (int ms = 0; ms < 500; ms++) {
      LockSupport.parkNanos(1_000_000);
      if (directory.isRetryDue()) {
        directory.beginBatch();
        looks++;
        // Each after twice as long: not before 10, 30, 70, 150 and 310 ms.
        long earliestNs = 10_000_000L * ((1 << looks) - 1);
        assertTrue(System.nanoTime() - beganNs >= earliestNs, "look " + looks + " came too early");
      }
    }
    assertTrue(looks >= 2, looks + " looks");
  }
}
