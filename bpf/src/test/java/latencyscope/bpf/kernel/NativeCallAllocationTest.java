package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import latencyscope.bpf.error.BpfException;
import org.junit.jupiter.api.Test;

/**
 * The calls that the drain thread makes in each round cost the engine's heap nothing once they are
 * compiled.
 */
class NativeCallAllocationTest {
  private static final int CALLS = 1_000;

  /** Until they are compiled: interpreted, the linker's code makes an object or two. */
  private static final int WARM = 30_000;

  private static long allocated(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    for (int i = 0; i < WARM; i++) {
      call.run();
    }
    threads.getThreadAllocatedBytes(id);
    long before = threads.getThreadAllocatedBytes(id);
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
    return (threads.getThreadAllocatedBytes(id) - before) / CALLS;
  }

  @Test
  void readingTheThreadsCpuTimeAllocatesNothing() {
    assertEquals(0, allocated(NativeThread::cpuTimeNs));
  }

  @Test
  void askingForTurnsAllocatesNothing() throws InterruptedException {
    long[] bytes = new long[1];
    // On a thread of its own: one that stands back goes on to do so.
    Thread thread =
        new Thread(() -> bytes[0] = allocated(NativeCallAllocationTest::runInShortSlices));
    thread.start();
    thread.join();
    assertEquals(0, bytes[0]);
  }

  private static void runInShortSlices() {
    try {
      NativeThread.runInShortSlices();
    } catch (BpfException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pausingAllocatesNothing() {
    assertEquals(0, allocated(() -> NativeThread.pause(1)));
  }
}
