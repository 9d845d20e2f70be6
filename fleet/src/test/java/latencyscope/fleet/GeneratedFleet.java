package latencyscope.fleet;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import latencyscope.fleet.export.ExportException;
import latencyscope.fleet.export.Exporter;
import latencyscope.fleet.export.RecordingFile;
import latencyscope.recording.Scene;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/**
 * Recordings of many hosts and days. Hosts differ from each other, days of a host differ by chance,
 * some days are bursts. Three regressions are injected, each with its cause.
 */
public final class GeneratedFleet implements AutoCloseable {
  /** Hosts that get a slower kernel: waits become 1.7 times as long, behind a kernel worker. */
  public static final List<String> NEW_KERNEL =
      List.of("host03", "host07", "host11", "host19", "host23", "host31", "host37", "host41");

  /** When. */
  public static final int KERNEL_DAY = 5;

  /** Hosts that lose their huge pages: the heap takes three times as many page faults. */
  public static final List<String> NO_HUGE_PAGES = List.of("host02", "host05", "host13", "host17");

  /** When. */
  public static final int PAGES_DAY = 4;

  /** The host whose softirqs take 2.5 times as long. */
  public static final String BUSY_NETWORK = "host29";

  /** When. */
  public static final int NETWORK_DAY = 6;

  private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long SECONDS = 60;

  private static final List<String> THREADS = List.of("strategy", "feed-1", "feed-2");

  /** Modules and measures with their median and how often they occur on a thread in a capture. */
  private static final List<Usual> USUAL =
      List.of(
          new Usual("isolation", "runqueue_wakeup", 4_000, 1_500),
          new Usual("isolation", "runqueue_preempted", 60_000, 400),
          new Usual("irq", "stolen_softirq", 9_000, 900),
          new Usual("irq", "stolen_local", 2_500, 2_000),
          new Usual("memory", "fault_java_heap", 900, 600),
          new Usual("memory", "fault_anonymous", 700, 500),
          new Usual("syscall", "futex_woken", 180_000, 700),
          new Usual("network", "delivery", 12_000, 1_200));

  private record Usual(String module, String measure, double ns, double count) {}

  private final int hosts;
  private final int days;
  private final boolean injected;
  private final Random random;
  private final double[][] ofHost;
  private Exporter exporter;

  /**
   * @param injected whether the regressions are
   * @param seed of everything that is chance
   */
  public GeneratedFleet(int hosts, int days, boolean injected, long seed) {
    this.hosts = hosts;
    this.days = days;
    this.injected = injected;
    this.random = new Random(seed);
    ofHost = new double[hosts][2 * USUAL.size()];
    for (double[] host : ofHost) {
      for (int i = 0; i < host.length; i++) {
        host[i] = Math.exp(0.4 * random.nextGaussian());
      }
    }
  }

  /** Exports a fleet for a script. Arguments: folder, hosts, days, seed. */
  public static void main(String[] arguments) throws Exception {
    int hosts = Integer.parseInt(arguments[1]);
    int days = Integer.parseInt(arguments[2]);
    try (GeneratedFleet fleet =
        new GeneratedFleet(hosts, days, true, Long.parseLong(arguments[3]))) {
      fleet.export(Path.of(arguments[0]));
    }
  }

  /** Name of a host. */
  public static String host(int number) {
    return String.format("host%02d", number);
  }

  /** Exports all recordings. */
  public void export(Path tables) throws ExportException, RecordingException {
    for (int day = 0; day < days; day++) {
      for (int host = 0; host < hosts; host++) {
        export(tables, host, day);
      }
    }
  }

  /** Exports the recording of a host and a day. */
  public void export(Path tables, int host, int day) throws ExportException, RecordingException {
    Scene scene = scene(host, day);
    String id = String.format("%08x%08x", host, day) + "0".repeat(16);
    long began = Scene.START + day * DAY_NS;
    RecordingFile file =
        new RecordingFile(
            host(host) + "-" + day + ".jfr", id, 1, List.of(began + ":" + host), began);
    if (exporter == null) {
      exporter = new Exporter(tables, new Exporter.Options(null, -1, null));
    }
    exporter.export(scene::read, file);
  }

  @Override
  public void close() throws ExportException {
    exporter.close();
  }

  private Scene scene(int number, int day) {
    String host = host(number);
    Scene scene = Scene.captured(SECONDS * SECOND_NS, "");
    boolean kernel = injected && NEW_KERNEL.contains(host) && day >= KERNEL_DAY;
    boolean pages = injected && NO_HUGE_PAGES.contains(host) && day >= PAGES_DAY;
    boolean network = injected && BUSY_NETWORK.equals(host) && day >= NETWORK_DAY;
    fact(scene, "hostname", host);
    fact(scene, "kernel_build", kernel ? "6.18.2" : "6.18.1");
    fact(scene, "transparent_hugepage", pages ? "never" : "madvise");
    fact(scene, "bios", number % 3 == 0 ? "1.4" : "1.2");
    fact(scene, "clocksource", "tsc");
    fact(scene, "irqbalance", number % 2 == 0 ? "running" : "not running");
    for (String module : List.of("isolation", "irq", "memory", "syscall", "network")) {
      scene.records(module, 0, SECONDS * SECOND_NS);
    }
    boolean burst = random.nextInt(20) == 0;
    for (int i = 0; i < USUAL.size(); i++) {
      Usual usual = USUAL.get(i);
      double length = ofHost[number][2 * i] * Math.exp(0.08 * random.nextGaussian());
      double often = ofHost[number][2 * i + 1] * Math.exp(0.12 * random.nextGaussian());
      often *= burst ? 1 + 0.4 * random.nextDouble() : 1;
      length *= kernel && usual.measure().equals("runqueue_wakeup") ? 1.7 : 1;
      length *= network && usual.measure().equals("stolen_softirq") ? 2.5 : 1;
      often *= pages && usual.measure().equals("fault_java_heap") ? 3 : 1;
      for (int thread = 0; thread < THREADS.size(); thread++) {
        measure(scene, usual, thread, length, often);
      }
    }
    waits(scene, kernel ? 12 : 4);
    return scene;
  }

  private static void fact(Scene scene, String name, String value) {
    scene.about("HostFact", "name", name, "value", value);
  }

  private void measure(Scene scene, Usual usual, int thread, double length, double often) {
    Histogram histogram = new Histogram(3);
    long total = 0;
    int count = poisson(usual.count() * often);
    for (int i = 0; i < count; i++) {
      double factor = length * Math.exp(0.7 * random.nextGaussian());
      long ns = Math.max(1, Math.round(usual.ns() * factor));
      histogram.recordValue(ns);
      total += ns;
    }
    if (count > 0) {
      distribution(
          scene,
          usual.module(),
          usual.measure(),
          new ThreadId(4720L + thread, THREADS.get(thread), 0),
          histogram,
          total);
    }
  }

  /** Adds what a module measured of a thread in the whole capture. */
  public static void distribution(
      Scene scene,
      String module,
      String measure,
      ThreadId thread,
      Histogram histogram,
      long totalNs) {
    scene.about(
        "Histogram",
        "startTime",
        Scene.START,
        "duration",
        SECONDS * SECOND_NS,
        "module",
        module,
        "measure",
        measure,
        "thread",
        thread.name(),
        "osThreadId",
        thread.osTid(),
        "count",
        histogram.getTotalCount(),
        "total",
        totalNs,
        "max",
        histogram.getMaxValue(),
        "unbinned",
        0L,
        "distribution",
        encoded(histogram));
  }

  private int poisson(double mean) {
    return (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
  }

  private static String encoded(Histogram histogram) {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_SPEED);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  private void waits(Scene scene, int behindWorker) {
    ThreadId strategy = new ThreadId(4720, THREADS.get(0), 0);
    List<Object> fields = new ArrayList<>();
    for (int i = 0; i < behindWorker; i++) {
      fields.clear();
      fields.addAll(List.of("kind", "preempted", "culprit", "kworker/u8:" + i % 4));
      fields.addAll(List.of("culpritTid", 91L, "culpritPid", 91L, "culpritWork", "flush_work"));
      fields.addAll(List.of("culpritPriority", 120L, "culpritHeld", 900_000L));
      fields.addAll(List.of("accounted", 900_000L, "tasksBetween", 1L, "priority", 120L));
      scene.kernel("RunQueueWait", strategy, (i + 1) * SECOND_NS, 900_000, 1, fields.toArray());
    }
  }
}
