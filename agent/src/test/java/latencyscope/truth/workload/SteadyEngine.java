package latencyscope.truth.workload;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * An engine that does the same all the time, and says each second how many bytes the agent's
 * threads have allocated in it: {@code allocated BYTES}. Arguments: seconds.
 */
public final class SteadyEngine {
  private static final String OWN = "latencyscope-";

  private SteadyEngine() {}

  /**
   * Works for some seconds.
   *
   * @param args seconds
   */
  public static void main(String[] args) throws InterruptedException {
    for (int i = 1; i <= 3; i++) {
      int ms = i;
      Thread.ofPlatform().daemon().name("strategy-" + i).start(() -> nap(ms));
    }
    System.out.println("ready");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<Long, Long> before = new TreeMap<>();
    for (int second = 0; second < Integer.parseInt(args[0]); second++) {
      TimeUnit.SECONDS.sleep(1);
      long sum = 0;
      for (Thread thread : own()) {
        long id = thread.threadId();
        long now = threads.getThreadAllocatedBytes(id);
        Long last = before.put(id, now);
        sum += last == null ? now : now - last;
      }
      System.out.println("allocated " + sum);
    }
    System.out.println("done");
  }

  private static void nap(int ms) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(ms);
      }
    } catch (InterruptedException e) {
      return;
    }
  }

  private static Iterable<Thread> own() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(OWN))
        .toList();
  }
}
