package latencyscope.jfr.network;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * The kernel threw a packet away. An instant: it has no duration.
 *
 * <p>Source: the {@code kfree_skb} tracepoint. The thread is the target's if the packet was dropped
 * while that thread sent it; packets that came in have none.
 */
@Name("latencyscope.PacketDrop")
@Label("Packet Drop")
@Description("Packet was thrown away by the kernel")
@Category({"LatencyScope", "network"})
@Occurrence(noun = "drop")
@RemoveFields({"eventThread", "stackTrace", "duration"})
public final class PacketDrop extends KernelEvent {
  /** Kernel function that dropped it. */
  @Label("Location")
  @Description("Kernel function that dropped the packet")
  public String location;

  /** Name of the device that it came from or went to; null if it had none. */
  @Label("Device")
  @Particular(1)
  @PageColumn(value = 7, width = 80)
  public String device;

  /**
   * The running kernel's name of the reason, such as {@code NO_SOCKET}; null before Linux 5.17
   * (c504e5c2f964), or if it is one of a subsystem's own.
   */
  @Label("Reason")
  @Description("Drop reason as the kernel names it")
  @Culprit
  @Particular
  @PageColumn(value = 6, width = 150)
  public String reason;

  /** {@code tcp}, {@code udp} or {@code other}. */
  @Label("Protocol")
  public String protocol;

  /** The port on this host; 0 if there is none. */
  @Label("Local Port")
  public int localPort;

  /** The port on the other end; 0 if there is none, or the socket is not connected. */
  @Label("Remote Port")
  public int remotePort;

  /** Length of the packet, with the headers that it still had. */
  @Label("Bytes")
  @DataAmount
  public long bytes;

  /** Whether this host was sending it. */
  @Label("Outgoing")
  public boolean outgoing;

  /** Whether it was on its way to or from a socket that the target uses. */
  @Label("Of the Target")
  @Description("Whether it was on its way to or from a socket of the target")
  public boolean ofTarget;

  /** Creates an empty event. */
  public PacketDrop() {}
}
