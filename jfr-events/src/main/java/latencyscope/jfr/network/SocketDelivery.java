package latencyscope.jfr.network;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread read a socket: from the arrival of the packet until the thread had it.
 *
 * <p>Source: the tracepoints at which a device hands a packet to the stack ({@code netif_rx},
 * {@code napi_gro_receive_entry} and their like), {@code sk_data_ready} when it is in the socket's
 * queue, and {@code sock_recv_length} when the read returns, both since Linux 6.3 (40e0b0908142,
 * 6e6eda44b939). A read of a stream may take several segments, or the rest of one: it counts from
 * the arrival of the one that its first byte came in, and segments that the kernel merged count as
 * the first of them.
 */
@Name("latencyscope.SocketDelivery")
@Label("Socket Delivery")
@Description("Packet, from its arrival until a thread had read it from a socket")
@Category({"LatencyScope", "network"})
@Threshold("10 us")
@Occurrence(noun = "delivery", plural = "deliveries", trigger = "delivery", latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class SocketDelivery extends KernelEvent {
  /** Nanoseconds that the network stack took to put it into the socket's queue; 0: not known. */
  @Label("Arrival to Queue")
  @Description("Time that the network stack took to put the packet into the socket's queue")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(3)
  public long arrivalToQueue;

  /** Nanoseconds for which it waited there for its reader; 0: not known. */
  @Label("Queue to Reader")
  @Description("Time that the packet waited in the socket's queue for its reader")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(4)
  public long queueToReader;

  /** {@code tcp} or {@code udp}. */
  @Label("Protocol")
  @Particular
  @PageColumn(1)
  public String protocol;

  /** The socket's own port. */
  @Label("Local Port")
  @Particular(1)
  @PageColumn(2)
  public int localPort;

  /** The port that the socket is connected to; 0 if it is not connected. */
  @Label("Remote Port")
  public int remotePort;

  /** Bytes that the read got. */
  @Label("Bytes")
  @DataAmount
  @PageColumn(value = 5, width = 80)
  public long bytes;

  /** Packets that were left in the socket's queue when the read returned. */
  @Label("Queued Behind")
  @Description("Packets that were still in the socket's queue when the read returned")
  public int queuedBehind;

  /** Index of the interface that it arrived by, in its network namespace; 0: not known. */
  @Label("Interface Index")
  public int interfaceIndex;

  /** Creates an empty event. */
  public SocketDelivery() {}
}
