package latencyscope.analysis.network;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A packet that the kernel threw away.
 *
 * @param thread the target's thread that sent it; of no id if it came in
 * @param start when, nanoseconds since the epoch
 * @param reason the kernel's name of the reason; null if it gives none
 * @param device the device that it came from or went to; null if it had none
 * @param location the kernel's function that dropped it
 * @param protocol such as {@code udp}
 * @param port on this host
 * @param outgoing whether this host was sending it
 * @param ofTarget whether it was on its way to or from a socket of the target
 */
record PacketDrop(
    ThreadId thread,
    long start,
    String reason,
    String device,
    String location,
    String protocol,
    int port,
    boolean outgoing,
    boolean ofTarget)
    implements Timed {
  static PacketDrop of(KernelEvent event) {
    return new PacketDrop(
        event.thread(),
        event.start(),
        event.text(EventFields.REASON),
        event.text(EventFields.DEVICE),
        event.text(EventFields.LOCATION),
        event.text(EventFields.PROTOCOL),
        (int) event.number(EventFields.LOCAL_PORT),
        event.flag(EventFields.OUTGOING),
        event.flag(EventFields.OF_TARGET));
  }
}
