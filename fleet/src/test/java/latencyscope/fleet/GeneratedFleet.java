package latencyscope.fleet;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import latencyscope.fleet.compare.FleetData;
import latencyscope.fleet.compare.Measure;
import latencyscope.fleet.compare.Series;
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

  private static final long HELD_NS = 900_000;
  private static final String CULPRIT = "kworker/u#:# (flush_work)";
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
    long began = Scene.START + day * DAY_NS;
    RecordingFile file =
        new RecordingFile(
            host(host) + "-" + day + ".jfr", id(host, day), 1, List.of(began + ":" + host), began);
    if (exporter == null) {
      exporter = new Exporter(tables, new Exporter.Options(null, -1, null));
    }
    exporter.export(scene::read, file);
  }

  @Override
  public void close() throws ExportException {
    exporter.close();
  }

  /**
   * What is to be in the tables, without writing any: what the page needs of them.
   *
   * <p>The same chance gives the same numbers as {@link #export(Path)} does.
   */
  public FleetData data() {
    Map<String, Map<Measure, double[]>> values = new LinkedHashMap<>();
    List<FleetData.CulpritDay> culprits = new ArrayList<>();
    List<FleetData.FactDay> facts = new ArrayList<>();
    List<FleetData.Capture> captures = new ArrayList<>();
    for (int day = 0; day < days; day++) {
      for (int number = 0; number < hosts; number++) {
        String host = host(number);
        String on = day(day);
        Map<Measure, double[]> ofHost = values.computeIfAbsent(host, h -> new TreeMap<>());
        draw(number, day).forEach((usual, threads) -> add(ofHost, usual, threads, on));
        settings(number, day)
            .forEach((name, value) -> facts.add(new FleetData.FactDay(host, on, name, value)));
        culprits.add(
            new FleetData.CulpritDay(
                host, on, "isolation", "cpu_wait", CULPRIT, behindWorker(number, day) * HELD_NS));
        captures.add(
            new FleetData.Capture(host, on, id(number, day), "", SECONDS * SECOND_NS, 0, 0));
      }
    }
    List<String> names = IntStream.range(0, days).mapToObj(GeneratedFleet::day).toList();
    List<Series> series = new ArrayList<>();
    values.forEach((host, measures) ->
        measures.forEach((measure, of) -> series.add(new Series(host, measure, names, of))));
    return new FleetData(series, culprits, facts, captures, List.of());
  }

  private void add(
      Map<Measure, double[]> ofHost, Usual usual, List<Histogram> threads, String day) {
    Histogram all = new Histogram(3);
    threads.forEach(all::add);
    int at = (int) ChronoUnit.DAYS.between(LocalDate.parse(day(0)), LocalDate.parse(day));
    double p99 = Math.min(all.getValueAtPercentile(99), all.getMaxValue());
    double rate = (all.getTotalCount() + 0.5) / SECONDS;
    for (Measure.Statistic statistic : List.of(Measure.Statistic.P99, Measure.Statistic.RATE)) {
      ofHost
              .computeIfAbsent(
                  new Measure(usual.module(), usual.measure(), statistic), m -> new double[days])[
              at] =
          statistic == Measure.Statistic.P99 ? p99 : rate;
    }
  }

  private static String day(int day) {
    return Instant.ofEpochSecond((Scene.START + day * DAY_NS) / SECOND_NS)
        .atOffset(ZoneOffset.UTC)
        .toLocalDate()
        .toString();
  }

  private static String id(int host, int day) {
    return String.format("%08x%08x", host, day) + "0".repeat(16);
  }

  private boolean hasNewKernel(int number, int day) {
    return injected && NEW_KERNEL.contains(host(number)) && day >= KERNEL_DAY;
  }

  private boolean hasNoHugePages(int number, int day) {
    return injected && NO_HUGE_PAGES.contains(host(number)) && day >= PAGES_DAY;
  }

  private int behindWorker(int number, int day) {
    return hasNewKernel(number, day) ? 12 : 4;
  }

  private Map<String, String> settings(int number, int day) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("kernel_build", hasNewKernel(number, day) ? "6.18.2" : "6.18.1");
    settings.put("transparent_hugepage", hasNoHugePages(number, day) ? "never" : "madvise");
    settings.put("bios", number % 3 == 0 ? "1.4" : "1.2");
    settings.put("clocksource", "tsc");
    settings.put("irqbalance", number % 2 == 0 ? "running" : "not running");
    return settings;
  }

  /** What a capture counts of each measure, by thread. */
  private Map<Usual, List<Histogram>> draw(int number, int day) {
    boolean network = injected && BUSY_NETWORK.equals(host(number)) && day >= NETWORK_DAY;
    boolean burst = random.nextInt(20) == 0;
    Map<Usual, List<Histogram>> drawn = new LinkedHashMap<>();
    for (int i = 0; i < USUAL.size(); i++) {
      Usual usual = USUAL.get(i);
      double length = ofHost[number][2 * i] * Math.exp(0.08 * random.nextGaussian());
      double often = ofHost[number][2 * i + 1] * Math.exp(0.12 * random.nextGaussian());
      often *= burst ? 1 + 0.4 * random.nextDouble() : 1;
      length *= hasNewKernel(number, day) && usual.measure().equals("runqueue_wakeup") ? 1.7 : 1;
      length *= network && usual.measure().equals("stolen_softirq") ? 2.5 : 1;
      often *= hasNoHugePages(number, day) && usual.measure().equals("fault_java_heap") ? 3 : 1;
      List<Histogram> threads = new ArrayList<>();
      for (int thread = 0; thread < THREADS.size(); thread++) {
        threads.add(histogram(usual, length, often));
      }
      drawn.put(usual, threads);
    }
    return drawn;
  }

  private Histogram histogram(Usual usual, double length, double often) {
    Histogram histogram = new Histogram(3);
    int count = poisson(usual.count() * often);
    for (int i = 0; i < count; i++) {
      double factor = length * Math.exp(0.7 * random.nextGaussian());
      histogram.recordValue(Math.max(1, Math.round(usual.ns() * factor)));
    }
    return histogram;
  }

  private Scene scene(int number, int day) {
    Scene scene = Scene.captured(SECONDS * SECOND_NS, "");
    fact(scene, "hostname", host(number));
    settings(number, day).forEach((name, value) -> fact(scene, name, value));
    for (String module : List.of("isolation", "irq", "memory", "syscall", "network")) {
      scene.records(module, 0, SECONDS * SECOND_NS);
    }
    draw(number, day)
        .forEach((usual, threads) -> {
          for (int i = 0; i < threads.size(); i++) {
            ThreadId thread = new ThreadId(4720L + i, THREADS.get(i), 0);
            distribution(scene, usual.module(), usual.measure(), thread, threads.get(i));
          }
        });
    waits(scene, behindWorker(number, day));
    return scene;
  }

  private static void fact(Scene scene, String name, String value) {
    scene.about("HostFact", "name", name, "value", value);
  }

  /** Adds what a module measured of a thread in the whole capture. */
  public static void distribution(
      Scene scene, String module, String measure, ThreadId thread, Histogram histogram) {
    if (histogram.getTotalCount() == 0) {
      return;
    }
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
        Math.round(histogram.getMean() * histogram.getTotalCount()),
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
      fields.addAll(List.of("culpritPriority", 120L, "culpritHeld", HELD_NS));
      fields.addAll(List.of("accounted", HELD_NS, "tasksBetween", 1L, "priority", 120L));
      scene.kernel("RunQueueWait", strategy, (i + 1) * SECOND_NS, HELD_NS, 1, fields.toArray());
    }
  }
}
