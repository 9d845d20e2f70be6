package latencyscope.analysis.network;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread read a socket.
 *
 * @param thread the thread
 * @param start when what it read had arrived, nanoseconds since the epoch
 * @param duration from then until it had it, nanoseconds
 * @param stack the part until it was in the socket's queue, nanoseconds; 0 if not known
 * @param queue the part for which it was there, nanoseconds; 0 if not known
 * @param protocol {@code tcp} or {@code udp}
 * @param port the socket's own
 * @param behind packets that were left in the queue
 */
record SocketDelivery(
    ThreadId thread,
    long start,
    long duration,
    long stack,
    long queue,
    String protocol,
    int port,
    int behind)
    implements Timed {
  static SocketDelivery of(KernelEvent event) {
    return new SocketDelivery(
        event.thread(),
        event.start(),
        event.duration(),
        event.number(EventFields.ARRIVAL_TO_QUEUE),
        event.number(EventFields.QUEUE_TO_READER),
        event.text(EventFields.PROTOCOL),
        (int) event.number(EventFields.LOCAL_PORT),
        (int) event.number(EventFields.QUEUED_BEHIND));
  }

  /** Whether most of it is the stack's and not the reader's. */
  boolean lateInStack() {
    return stack > queue;
  }
}
