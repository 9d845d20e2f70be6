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
    ThreadDirectory.Entry entry = directory.ofModule().of(1, NOBODYS_ID, "being-born");
    assertEquals("being-born", entry.name());
    assertNull(entry.thread());
    int looks = 0;
    for (int ms = 0; ms < 500; ms++) {
      LockSupport.parkNanos(1_000_000);
      if (directory.isRetryDue()) {
        directory.beginBatch();
        assertFalse(directory.isRetryDue(), "twice at once");
        looks++;
      }
    }
    // Each after twice as long: after 10, 30, 70, 150 and 310 ms.
    assertTrue(looks >= 2, looks + " looks");
  }
}
