package latencyscope.agent;

import latencyscope.bpf.Struct;
import latencyscope.jfr.KernelEvent;

/**
 * Turns the kernel's records of one kind into events and commits them.
 *
 * <p>One event instance is used for all of them and filled by code that was written for its type,
 * so a record costs no allocation. Used by one thread at a time.
 */
final class RecordDecoder {
  /** A duration or begin of 0 would make the flight recorder take its own clock. */
  private static final long AT_LEAST = 1;

  private final KernelEvent event;
  private final EventFill fill;
  private final RecordHeader header;

  RecordDecoder(Class<? extends KernelEvent> type, Struct struct, RecordStrings strings)
      throws ReflectiveOperationException {
    event = type.getDeclaredConstructor().newInstance();
    fill = new EventFillWriter(type, new RecordBinding(type, struct).bind(), strings).define();
    header = new RecordHeader(struct);
  }

  /** Commits the record as an event of the given thread. */
  void decode(long[] record, ThreadDirectory.Entry thread, TickClock clock) {
    long startTicks = clock.ticksAt(header.startNs(record));
    long durationNs = header.durationNs(record);
    event.kernelStart = startTicks;
    event.kernelDuration = durationNs;
    event.osThreadId = thread.osThreadId();
    event.thread = thread.name();
    event.laneThread = thread.thread();
    event.cpu = header.cpu(record);
    fill.fill(
        record,
        event,
        Math.max(AT_LEAST, startTicks),
        Math.max(AT_LEAST, clock.ticksIn(durationNs)));
    event.commit();
    event.laneThread = null; // a thread that ends must not be kept by us
  }
}
