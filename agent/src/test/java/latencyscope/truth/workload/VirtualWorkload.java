package latencyscope.truth.workload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;

/**
 * A JVM with a virtual thread that records windows of its own: some while it is pinned, because a
 * class is being initialised, in which it works and sleeps; others in which it does the same and is
 * taken from its carrier while it sleeps.
 *
 * <p>Says {@code ready}, waits for {@code go}, says {@code done}.
 */
public final class VirtualWorkload {
  /** Windows of each kind. */
  public static final int WINDOWS = 5;

  private static final Duration SLEEP = Duration.ofMillis(20);
  private static final Duration WORK = Duration.ofMillis(10);

  private VirtualWorkload() {}

  /** What the virtual thread did. */
  @Name("test.Order")
  @StackTrace(false)
  static final class Order extends Event {
    boolean pinned;
  }

  /**
   * Runs it.
   *
   * @param args the recording to write
   */
  public static void main(String[] args) throws Exception {
    try (Recording recording = new Recording()) {
      for (String event : List.of("RunQueueWait", "ContextSwitch", "Migration")) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      for (String event : List.of("jdk.VirtualThreadPinned", "jdk.ThreadSleep", "test.Order")) {
        recording.enable(event).withThreshold(Duration.ZERO);
      }
      recording.enable("jdk.VirtualThreadStart");
      recording.enable("jdk.VirtualThreadEnd");
      recording.start();
      Capturing.await();
      System.out.println("ready");
      System.in.read();
      Thread.ofVirtual().name("order-thread").start(VirtualWorkload::orders).join();
      recording.stop();
      recording.dump(Path.of(args[0]));
      System.out.println("done");
    }
  }

  private static void orders() {
    for (int i = 0; i < WINDOWS; i++) {
      order(false);
    }
    // A class is initialised once, and pins for all of that time.
    Pinning.WINDOWS_DONE.getClass();
  }

  /** Recorded in an initialiser, from which the thread cannot be taken off its carrier. */
  private static final class Pinning {
    static final String WINDOWS_DONE;

    static {
      for (int i = 0; i < WINDOWS; i++) {
        order(true);
      }
      WINDOWS_DONE = "done";
    }
  }

  private static void order(boolean pinned) {
    Order order = new Order();
    order.pinned = pinned;
    order.begin();
    try {
      Thread.sleep(SLEEP);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    long end = System.nanoTime() + WORK.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    order.commit();
  }
}
