package latencyscope.fleet.metrics;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sends totals over HTTP. What did not arrive is not kept: the next totals contain it. Used by one
 * thread.
 */
public final class Sender implements AutoCloseable {
  private static final String PATH = "/v1/metrics";

  /** Kept, or the level would be forgotten with it: we say ourselves what went wrong. */
  private static final Logger LOGGER = Logger.getLogger("io.opentelemetry");

  private final OtlpHttpMetricExporter exporter;
  private final Duration timeout;
  private CompletableResultCode running = CompletableResultCode.ofSuccess();

  /**
   * Where totals come from.
   *
   * @param service value of {@code service.name}
   * @param host value of {@code host.name}; null if it is not known
   * @param pid of the process that was watched; 0 for every process
   * @param version of LatencyScope
   */
  public record Source(String service, String host, long pid, String version) {
    Resource resource() {
      AttributesBuilder attributes = Attributes.builder();
      attributes.put(AttributeKey.stringKey("service.name"), service);
      attributes.put(AttributeKey.stringKey("host.name"), host);
      if (pid > 0) {
        attributes.put(AttributeKey.longKey("process.pid"), pid);
      }
      return Resource.create(attributes.build());
    }

    InstrumentationScopeInfo scope() {
      return InstrumentationScopeInfo.builder("latencyscope")
          .setVersion(version == null ? "" : version)
          .build();
    }
  }

  /**
   * To a receiver.
   *
   * @param receiver its address, with or without the path
   * @param timeout how long an answer is waited for
   */
  public Sender(URI receiver, Duration timeout) {
    LOGGER.setLevel(Level.OFF);
    this.timeout = timeout;
    String path = receiver.getPath();
    String endpoint =
        path == null || path.isEmpty() || path.equals("/")
            ? receiver.resolve(PATH).toString()
            : receiver.toString();
    exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(timeout)
            .setConnectTimeout(timeout)
            .setRetryPolicy(null)
            .setComponentLoader(
                io.opentelemetry.common.ComponentLoader.forClassLoader(
                    Sender.class.getClassLoader()))
            .build();
  }

  /**
   * Begins to send, unless the totals before are still under way. Does not wait.
   *
   * @param from begin, nanoseconds since the epoch
   * @param until end, nanoseconds since the epoch
   * @return whether it has begun
   */
  public boolean send(Totals totals, Source source, long from, long until) {
    if (!running.isDone()) {
      return false;
    }
    running = exporter.export(Points.of(totals, source, from, until));
    return true;
  }

  /** Whether nothing is under way. */
  public boolean isIdle() {
    return running.isDone();
  }

  /** Waits for the answer, as long as it is waited for at most. */
  public boolean await() {
    running.join(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    return running.isDone() && running.isSuccess();
  }

  /** What went wrong last, in words; null if it arrived, or is under way. */
  public String problem() {
    if (!running.isDone() || running.isSuccess()) {
      return null;
    }
    Throwable failure = running.getFailureThrowable();
    if (failure instanceof HttpExportException http && http.getResponse() != null) {
      return "HTTP " + http.getResponse().getStatusCode();
    }
    Throwable cause = failure == null || failure.getCause() == null ? failure : failure.getCause();
    return cause == null ? "no answer" : words(cause);
  }

  private static String words(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    exporter.shutdown();
  }
}
