package latencyscope.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.fleet.Recordings;
import latencyscope.fleet.metrics.Metric;
import latencyscope.fleet.metrics.Receiver;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a receiver decodes is what the recording says. */
class MetricsCommandTest {
  private static final double NS = 1e-9;

  @TempDir private Path directory;
  private final CommandRun command = new CommandRun();
  private Receiver receiver;
  private Path file;

  @BeforeEach
  void start() throws Exception {
    receiver = new Receiver();
    file = Recordings.write(directory.resolve("run.jfr"), Recordings.contended());
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private int run(String... arguments) {
    return command.run(arguments);
  }

  private String said() {
    return command.said();
  }

  @Test
  void distributionsAndCountersArriveAsRecorded() throws Exception {
    assertEquals(
        0,
        run("metrics", file.toString(), "--otlp", receiver.address(), "--service", "matching"),
        said());
    assertEquals(1, receiver.requests().size());
    ExportMetricsServiceRequest request = receiver.requests().get(0);
    assertEquals(
        "matching",
        Receiver.text(
            request.getResourceMetrics(0).getResource().getAttributesList(), "service.name"));
    Recording recording = Recording.read(file);
    int distributions = 0;
    int counters = 0;
    for (String module : recording.captured().keySet()) {
      for (String measure : recording.distributions(module).keySet()) {
        Distribution expected = recording.distribution(module, measure).orElseThrow();
        check(expected, Receiver.latencies(request, module, measure), module + " " + measure);
        distributions++;
      }
      for (String measure : recording.counters(module).byMeasure().keySet()) {
        double expected = recording.counters(module).total(measure).orElseThrow();
        boolean time = measure.endsWith("_ns");
        double sent =
            Receiver.sums(request, metric(measure).key(), module, measure).stream()
                .mapToDouble(point -> time ? point.getAsDouble() / NS : point.getAsInt())
                .sum();
        assertEquals(expected, sent, time ? expected * 1e-12 : 0, module + " " + measure);
        counters++;
      }
      assertEquals(
          recording.capturedNs(module) * NS,
          Receiver.sums(request, Metric.CAPTURED.key(), module, null).get(0).getAsDouble(),
          NS);
    }
    assertTrue(distributions > 10 && counters > 10, distributions + " " + counters);
    Receiver.metrics(request).stream()
        .filter(metric -> metric.hasSum())
        .forEach(metric -> {
          assertTrue(metric.getSum().getIsMonotonic());
          assertEquals(
              AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
              metric.getSum().getAggregationTemporality());
        });
  }

  @Test
  void aFolderMeansItsRecordings() throws Exception {
    Recordings.write(directory.resolve("run2.jfr"), Recordings.later(Recordings.contended(), 1));
    assertEquals(0, run("metrics", directory.toString(), "--otlp", receiver.address()), said());
    assertEquals(2, receiver.requests().size());
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertEquals(3, run("metrics", empty.toString(), "--otlp", receiver.address()));
    assertTrue(said().contains(empty + " holds no recording"), said());
  }

  private static Metric metric(String measure) {
    return measure.endsWith("_ns")
        ? Metric.TIME
        : measure.endsWith("_bytes") ? Metric.SIZE : Metric.OCCURRENCES;
  }

  private static void check(
      Distribution expected, List<ExponentialHistogramDataPoint> points, String what) {
    TreeMap<Integer, Long> buckets = new TreeMap<>();
    long zero = 0;
    long count = 0;
    double sum = 0;
    double max = 0;
    for (ExponentialHistogramDataPoint point : points) {
      assertEquals(5, point.getScale());
      long inBuckets = point.getZeroCount();
      zero += point.getZeroCount();
      for (int i = 0; i < point.getPositive().getBucketCountsCount(); i++) {
        long n = point.getPositive().getBucketCounts(i);
        buckets.merge(point.getPositive().getOffset() + i, n, Long::sum);
        inBuckets += n;
      }
      assertEquals(point.getCount(), inBuckets, what);
      count += point.getCount();
      sum += point.getSum();
      max = Math.max(max, point.getMax());
    }
    assertEquals(expected.binned(), count, what);
    assertEquals(expected.total() * NS, sum, expected.total() * NS * 1e-12, what);
    assertEquals(expected.max() * NS, max, NS / 2, what);
    for (double quantile : new double[] {0.5, 0.9, 0.99, 0.999}) {
      long rank = Math.max(1, (long) Math.ceil(quantile * count));
      double exact = atRank(expected, rank) * NS;
      if (rank > zero) {
        long below = zero;
        int index = 0;
        for (Map.Entry<Integer, Long> bucket : buckets.entrySet()) {
          index = bucket.getKey();
          below += bucket.getValue();
          if (below >= rank) {
            break;
          }
        }
        String where = what + " at " + quantile;
        assertTrue(Math.pow(2, index / 32.0) < exact, where);
        assertTrue(exact <= Math.pow(2, (index + 1) / 32.0), where);
      }
    }
  }

  private static long atRank(Distribution distribution, long rank) {
    long[] seenAndValue = {0, -1};
    distribution.forEachBin((upper, count) -> {
      if (seenAndValue[0] < rank) {
        seenAndValue[1] = upper;
      }
      seenAndValue[0] += count;
    });
    return seenAndValue[1];
  }

  private void failsWithOneLine(String expected, String... more) {
    String[] arguments = new String[4 + more.length];
    System.arraycopy(
        new String[] {"metrics", file.toString(), "--otlp", receiver.address()},
        0,
        arguments,
        0,
        4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    long began = System.nanoTime();
    assertEquals(3, run(arguments), said());
    assertEquals(1, said().lines().count(), said());
    assertTrue(said().contains(expected), said());
    assertTrue(System.nanoTime() - began < 20_000_000_000L, "does not wait for long");
  }

  @Test
  void aReceiverThatFailsIsSaid() {
    receiver.answers(500, 0);
    failsWithOneLine("500");
  }

  @Test
  void aReceiverThatIsSlowIsNotWaitedFor() {
    receiver.answers(200, 3_000);
    failsWithOneLine(receiver.address(), "--timeout", "500ms");
  }

  @Test
  void aReceiverThatIsNotThereIsSaid() {
    receiver.close();
    failsWithOneLine(receiver.address());
  }

  @Test
  void whatIsMissingOrWrongIsSaid() {
    assertEquals(3, run("metrics", "--otlp", receiver.address()));
    assertTrue(said().contains("--pid"), said());
    assertEquals(3, run("metrics", file.toString(), "--otlp", "collector:4318"));
    assertTrue(said().contains("http://collector:4318"), said());
  }
}
