package latencyscope.analysis.network;

import java.util.OptionalLong;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Writes the network module's values under the keys of the JSON report. */
final class NetworkMetrics {
  private static final String NO_POLLS = "NAPI polls were not measured";
  private static final String NO_DELIVERIES = "deliveries to sockets were not measured";
  private static final String NO_DROPS = "dropped packets were not counted";

  private final NetworkFacts facts;
  private final NetworkEvents events;
  private final Recording recording;

  NetworkMetrics(NetworkFacts facts, NetworkEvents events, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.recording = recording;
  }

  Metrics of(int violations) {
    Metrics metrics = new Metrics();
    metrics.put("napi_poll_count", facts.ofDevices(NetworkFacts.Device::polls), NO_POLLS);
    Percentiles.put(metrics, "napi", facts.polls, facts.pollsMeasured(), NO_POLLS);
    metrics.put("napi_work", facts.ofDevices(NetworkFacts.Device::work), NO_POLLS);
    metrics.put(
        "napi_budget_exhausted_count", facts.ofDevices(NetworkFacts.Device::exhausted), NO_POLLS);
    metrics.put("napi_untimed_count", facts.ofDevices(NetworkFacts.Device::untimed), NO_POLLS);
    metrics.put("skb_receive_count", facts.ofDevices(NetworkFacts.Device::packets), NO_POLLS);
    metrics.put("delivery_count", facts.ofThreads("deliveries"), NO_DELIVERIES);
    boolean delivered = facts.deliveriesMeasured();
    Percentiles.put(metrics, "delivery", facts.delivery, delivered, NO_DELIVERIES);
    metrics.put("delivered_bytes", facts.ofThreads("delivered_bytes"), NO_DELIVERIES);
    metrics.put("delivery_slow_count", facts.ofThreads("deliveries_slow"), NO_DELIVERIES);
    metrics.put("delivery_untimed_count", facts.ofThreads("deliveries_untimed"), NO_DELIVERIES);
    metrics.put("arrival_to_queue", Percentiles.of(facts.stack, delivered, NO_DELIVERIES));
    metrics.put("queue_to_reader", Percentiles.of(facts.queue, delivered, NO_DELIVERIES));
    metrics.put(
        "drop_count",
        drops(facts.drops.stream().mapToLong(NetworkFacts.Drops::count).sum()),
        NO_DROPS);
    metrics.put(
        "socket_drop_count",
        drops(facts.socketDrops.stream().mapToLong(NetworkFacts.SocketDrops::count).sum()),
        NO_DROPS);
    metrics.put(
        "queue_drop_count",
        drops(
            facts.drops.stream()
                .filter(NetworkFacts.Drops::ofQueue)
                .mapToLong(NetworkFacts.Drops::count)
                .sum()),
        NO_DROPS);
    metrics.put("drops", facts.drops.stream().map(NetworkMetrics::drop).toList());
    metrics.put("socket_drops", facts.socketDrops.stream().map(NetworkMetrics::drop).toList());
    metrics.put("devices", facts.devices.stream().map(NetworkMetrics::device).toList());
    metrics.put("threads", facts.readers().stream().map(this::reader).toList());
    metrics.put("worst", events.worstDeliveries().stream().map(this::delivery).toList());
    return metrics.put("violations", violations);
  }

  private OptionalLong drops(long count) {
    return Percentiles.ifMeasured(count, facts.dropsMeasured());
  }

  private static Metrics drop(NetworkFacts.Drops drops) {
    Metrics row = new Metrics();
    row.put("reason", drops.reason());
    row.put("device", drops.device());
    return row.put("count", drops.count());
  }

  private static Metrics drop(NetworkFacts.SocketDrops drops) {
    Metrics row = new Metrics();
    row.put("reason", drops.reason());
    row.put("protocol", drops.socket().protocol());
    row.put("port", drops.socket().port());
    return row.put("count", drops.count());
  }

  private static Metrics device(NetworkFacts.Device device) {
    Metrics row = new Metrics();
    row.put("device", device.name());
    row.put("packets", device.packets());
    row.put("polls", device.polls());
    row.put("work", device.work());
    row.put("budget_exhausted", device.exhausted());
    row.put("untimed", device.untimed());
    row.put("drops", device.drops());
    return row.put("poll", Percentiles.ofMany(device.poll(), true, NO_POLLS));
  }

  private Metrics reader(NetworkFacts.Reader reader) {
    ThreadId thread = reader.thread();
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("java_tid", thread.isJava() ? (Long) thread.javaId() : null);
    row.put("deliveries", facts.of(thread, "deliveries"), NO_DELIVERIES);
    row.put("bytes", facts.of(thread, "delivered_bytes"), NO_DELIVERIES);
    row.put("slow", facts.of(thread, "deliveries_slow"), NO_DELIVERIES);
    row.put("untimed", facts.of(thread, "deliveries_untimed"), NO_DELIVERIES);
    row.put("delivery", Percentiles.ofMany(reader.all(), true, NO_DELIVERIES));
    row.put("arrival_to_queue", Percentiles.ofMany(reader.stack(), true, NO_DELIVERIES));
    return row.put("queue_to_reader", Percentiles.ofMany(reader.queue(), true, NO_DELIVERIES));
  }

  private Metrics delivery(SocketDelivery delivery) {
    ThreadId thread = recording.latest(delivery.thread());
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("at", Instants.iso(delivery.start()));
    row.put("at_ns", delivery.start());
    row.put("duration_ns", delivery.duration());
    row.put("arrival_to_queue_ns", delivery.stack());
    row.put("queue_to_reader_ns", delivery.queue());
    row.put("protocol", delivery.protocol());
    row.put("port", delivery.port());
    return row.put("queued_behind", delivery.behind());
  }
}
