package latencyscope.jmc;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/**
 * What CPU time it takes Mission Control to load a recording without any of our events, and to load
 * one with them and evaluate all rules; {@code benchmarks/jmc.sh} runs it with the plug-in and
 * without. Not a test: those do not measure time.
 */
final class LoadTimes {
  private static final int THREADS = 8;
  private static final int EVENTS = 100_000;
  private static final int WARM_UP = 10;
  private static final int LOADS = 15;
  private static final int EVALUATIONS = 8;

  private LoadTimes() {}

  /** An engine's own event, with a thread, a text and a stack trace. */
  @Name("bench.Order")
  @Label("Order")
  static final class Order extends Event {
    String instrument;
    long quantity;
    double price;
  }

  /**
   * {@code record FILE}, {@code load FILE} or {@code rules FILE}; the latter two print milliseconds
   * of CPU time, of all threads: on a machine that is shared, a clock on the wall measures others.
   * Of rules, that is what the JVM used up to the first result, and the least of those after it.
   */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[1]);
    if (arguments[0].equals("record")) {
      record(file);
    } else if (arguments[0].equals("rules")) {
      rules(file);
    } else {
      load(file);
    }
  }

  private static void record(Path file) throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(Order.class).withStackTrace().withoutThreshold();
      recording.start();
      Thread[] threads = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        threads[i] = new Thread(LoadTimes::orders, "trader-" + i);
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      recording.stop();
      recording.dump(file);
    }
  }

  private static void orders() {
    for (int i = 0; i < EVENTS; i++) {
      Order order = new Order();
      order.begin();
      order.instrument = "INSTRUMENT-" + i % 100;
      order.quantity = i;
      order.price = i / 100.0;
      order.commit();
    }
  }

  private static void rules(Path file) throws Exception {
    OperatingSystemMXBean cpu =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    judge(file);
    double first = cpu.getProcessCpuTime() / 1e6;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < EVALUATIONS; i++) {
      long start = cpu.getProcessCpuTime();
      judge(file);
      least = Math.min(least, (cpu.getProcessCpuTime() - start) / 1e6);
    }
    System.out.printf("%.0f %.0f%n", first, least);
  }

  private static void judge(Path file) throws Exception {
    IItemCollection items = JfrLoaderToolkit.loadEvents(file.toFile());
    for (Future<IResult> result :
        RulesToolkit.evaluateParallel(RuleRegistry.getRules(), items, null, 0).values()) {
      result.get();
    }
  }

  private static void load(Path file) throws Exception {
    List<File> files = List.of(file.toFile());
    for (int i = 0; i < WARM_UP; i++) {
      JfrLoaderToolkit.loadEvents(files);
    }
    OperatingSystemMXBean cpu =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    System.gc();
    // The kernel's own account has a grain of 10 ms: of all loads together that is little.
    long start = cpu.getProcessCpuTime();
    for (int i = 0; i < LOADS; i++) {
      JfrLoaderToolkit.loadEvents(files);
    }
    double millis = (cpu.getProcessCpuTime() - start) / 1e6 / LOADS;
    System.out.printf("%.1f%n", millis);
  }
}
