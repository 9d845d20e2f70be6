package latencyscope.fleet.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A receiver on loopback that decodes what it gets by the published schema. */
public final class Receiver implements AutoCloseable {
  private static final int OK = 200;
  private static final int FAILED = 500;

  private final HttpServer server;
  private final List<ExportMetricsServiceRequest> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile int code = OK;
  private volatile long delayMillis;

  /** Starts one. */
  public Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/v1/metrics", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes()));
      Thread.sleep(delayMillis);
      boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
      exchange.sendResponseHeaders(fails ? FAILED : code, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How it answers from now on. */
  public void answers(int withCode, long afterMillis) {
    code = withCode;
    delayMillis = afterMillis;
  }

  /** Has it answer 500 so many times, and then as it does. */
  public void failsFirst(int times) {
    failures.set(times);
  }

  /** Its address. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All it got. */
  public List<ExportMetricsServiceRequest> requests() {
    return requests;
  }

  /** The metrics of a request. */
  public static List<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }

  private static Stream<Metric> named(ExportMetricsServiceRequest request, String name) {
    return metrics(request).stream().filter(metric -> metric.getName().equals(name));
  }

  /** Points of a distribution. */
  public static List<ExponentialHistogramDataPoint> latencies(
      ExportMetricsServiceRequest request, String module, String measure) {
    return named(request, "latencyscope.latency")
        .flatMap(metric -> metric.getExponentialHistogram().getDataPointsList().stream())
        .filter(point -> isOf(point.getAttributesList(), module, measure))
        .toList();
  }

  /** Points of a counter. */
  public static List<NumberDataPoint> sums(
      ExportMetricsServiceRequest request, String name, String module, String measure) {
    return named(request, name)
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .filter(point -> isOf(point.getAttributesList(), module, measure))
        .toList();
  }

  private static boolean isOf(List<KeyValue> attributes, String module, String measure) {
    return module.equals(text(attributes, "latencyscope.module"))
        && (measure == null || measure.equals(text(attributes, "latencyscope.measure")));
  }

  /** The value of an attribute; null without it. */
  public static String text(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
