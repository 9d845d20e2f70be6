package latencyscope.analysis.network;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import latencyscope.analysis.ModuleEvents;
import latencyscope.analysis.Worst;
import latencyscope.analysis.tally.Tally;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** Adds up the network module's events while they are read. Not safe for use by several threads. */
final class NetworkEvents implements ModuleEvents {
  /** From here on a delivery is slow. */
  static final long SLOW_NS = 1_000_000;

  private static final int WORST = 20;

  /**
   * A socket, as far as packets identify it.
   *
   * @param protocol such as {@code udp}
   * @param port on this host
   */
  record Endpoint(String protocol, int port) {
    String describe() {
      return protocol.toUpperCase(Locale.ROOT) + " port " + port;
    }
  }

  /** What distinguishes slow deliveries. */
  record DeliveryKey(ThreadId thread, Endpoint socket, boolean lateInStack) {
    DeliveryKey(SocketDelivery delivery) {
      this(
          delivery.thread(),
          new Endpoint(delivery.protocol(), delivery.port()),
          delivery.lateInStack());
    }
  }

  /** What distinguishes drops; socket null if it is not one of the target's. */
  record DropKey(String reason, String device, Endpoint socket) {
    DropKey(PacketDrop drop) {
      this(
          drop.reason(),
          drop.device(),
          drop.ofTarget() ? new Endpoint(drop.protocol(), drop.port()) : null);
    }
  }

  final Tally<DeliveryKey, SocketDelivery> slow =
      new Tally<>(
          SocketDelivery::duration,
          DeliveryKey::new,
          delivery -> new DeliveryKey(delivery.thread(), new Endpoint("other", 0), false));
  final Tally<DropKey, PacketDrop> drops =
      new Tally<>(drop -> 0, DropKey::new, drop -> new DropKey(drop.reason(), null, null));
  final Tally<String, NapiPoll> exhausted =
      new Tally<>(NapiPoll::duration, NapiPoll::device, NapiPoll::device);
  private final Map<Endpoint, ThreadId> readers = new HashMap<>();
  private final Worst<SocketDelivery> worst = new Worst<>(WORST, SocketDelivery::duration);

  @Override
  public void add(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.SOCKET_DELIVERY -> add(SocketDelivery.of(event));
      case EventTypes.PACKET_DROP -> drops.add(PacketDrop.of(event));
      case EventTypes.NAPI_POLL -> {
        if (event.flag(EventFields.EXHAUSTED)) {
          exhausted.add(NapiPoll.of(event));
        }
      }
      default -> {} // a type of a newer schema
    }
  }

  /** Takes an event that may be among the worst, but does not count. */
  @Override
  public void addExemplar(KernelEvent event) {
    if (event.type().equals(EventTypes.SOCKET_DELIVERY)) {
      SocketDelivery delivery = SocketDelivery.of(event);
      worst.add(delivery);
      remember(delivery);
    }
  }

  private void add(SocketDelivery delivery) {
    if (delivery.duration() > SLOW_NS) {
      slow.add(delivery);
    }
    worst.add(delivery);
    remember(delivery);
  }

  private void remember(SocketDelivery delivery) {
    readers.put(new Endpoint(delivery.protocol(), delivery.port()), delivery.thread());
  }

  /** The thread that reads a socket; null if it was never seen to. */
  ThreadId reader(Endpoint socket) {
    return readers.get(socket);
  }

  /** A drop of a kind that has been counted; null if there is no event of it. */
  PacketDrop example(String reason, String device, Endpoint socket) {
    Tally.Sum<PacketDrop> sum =
        drops.all(key ->
            Objects.equals(key.reason(), reason)
                && (device == null || device.equals(key.device()))
                && (socket == null || socket.equals(key.socket())));
    return sum == null ? null : sum.worst();
  }

  /** The deliveries that took longest. */
  List<SocketDelivery> worstDeliveries() {
    return worst.descending();
  }
}
