package latencyscope.fleet.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.event.Distribution;

/** Totals as OpenTelemetry has them: sums since the beginning (cumulative). Used once. */
final class Points {
  private static final AggregationTemporality SINCE_BEGIN = AggregationTemporality.CUMULATIVE;
  private static final double NS = 1e-9;
  private static final ExponentialHistogramBuckets NONE =
      ExponentialHistogramBuckets.create(Buckets.SCALE, 0, List.of());

  private final long from;
  private final long until;
  private final List<ExponentialHistogramPointData> latencies = new ArrayList<>();
  private final Map<Metric, List<LongPointData>> whole = new EnumMap<>(Metric.class);
  private final Map<Metric, List<DoublePointData>> seconds = new EnumMap<>(Metric.class);

  private Points(long from, long until) {
    this.from = from;
    this.until = until;
  }

  /**
   * The points of all metrics.
   *
   * @param from begin, nanoseconds since the epoch
   * @param until end, nanoseconds since the epoch
   */
  static List<MetricData> of(Totals totals, Sender.Source source, long from, long until) {
    Points points = new Points(from, until);
    totals.distributions().forEach((series, of) -> points.latency(series.attributes(), of));
    totals.counts().forEach(points::count);
    totals
        .captured()
        .forEach((module, ns) ->
            points.seconds(Metric.CAPTURED, new Series(module, null, null, null).attributes(), ns));
    points.whole(Metric.RECORDS_LOST, Attributes.empty(), totals.recordsLost());
    return points.metrics(source.resource(), source.scope());
  }

  private void latency(Attributes attributes, Distribution of) {
    Buckets buckets = Buckets.of(of);
    latencies.add(
        ExponentialHistogramPointData.create(
            Buckets.SCALE,
            of.total() * NS,
            buckets.zero(),
            false,
            0,
            of.count() > 0,
            of.max() * NS,
            buckets.buckets(),
            NONE,
            from,
            until,
            attributes,
            List.of()));
    if (of.unbinned() > 0) {
      whole(Metric.UNBINNED, attributes, of.unbinned());
    }
  }

  private void count(Series series, long value) {
    if (series.measure().endsWith("_ns")) {
      seconds(Metric.TIME, series.attributes(), value);
    } else {
      Metric metric = series.measure().endsWith("_bytes") ? Metric.SIZE : Metric.OCCURRENCES;
      whole(metric, series.attributes(), value);
    }
  }

  private void whole(Metric metric, Attributes attributes, long value) {
    whole
        .computeIfAbsent(metric, key -> new ArrayList<>())
        .add(LongPointData.create(from, until, attributes, value));
  }

  private void seconds(Metric metric, Attributes attributes, long ns) {
    seconds
        .computeIfAbsent(metric, key -> new ArrayList<>())
        .add(DoublePointData.create(from, until, attributes, ns * NS, List.of()));
  }

  private List<MetricData> metrics(Resource resource, InstrumentationScopeInfo scope) {
    List<MetricData> metrics = new ArrayList<>();
    if (!latencies.isEmpty()) {
      metrics.add(
          ImmutableMetricData.createExponentialHistogram(
              resource,
              scope,
              Metric.LATENCY.key(),
              Metric.LATENCY.meaning(),
              Metric.LATENCY.unit(),
              ExponentialHistogramData.create(SINCE_BEGIN, latencies)));
    }
    whole.forEach((metric, points) ->
        metrics.add(
            ImmutableMetricData.createLongSum(
                resource,
                scope,
                metric.key(),
                metric.meaning(),
                metric.unit(),
                SumData.createLongSumData(true, SINCE_BEGIN, points))));
    seconds.forEach((metric, points) ->
        metrics.add(
            ImmutableMetricData.createDoubleSum(
                resource,
                scope,
                metric.key(),
                metric.meaning(),
                metric.unit(),
                SumData.createDoubleSumData(true, SINCE_BEGIN, points))));
    return metrics;
  }
}
