package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import latencyscope.bpf.Struct;
import latencyscope.jfr.KernelEvent;

/**
 * Turns the kernel's records of one kind into events and commits them.
 *
 * <p>One event instance is used for all of them and the members are copied by handles bound once,
 * so a record costs no allocation. Used by one thread at a time.
 */
final class RecordDecoder {
  /** A duration or begin of 0 would make the flight recorder take its own clock. */
  private static final long AT_LEAST = 1;

  private final KernelEvent event;
  private final VarHandle startTime;
  private final VarHandle duration;
  private final FieldCopy[] fields;
  private final RecordHeader header;

  RecordDecoder(Class<? extends KernelEvent> type, Struct struct, RecordStrings strings)
      throws ReflectiveOperationException {
    event = type.getDeclaredConstructor().newInstance();
    startTime = ImplicitFields.startTime(type);
    duration = ImplicitFields.duration(type);
    fields = new RecordBinding(type, struct, strings).bind().toArray(FieldCopy[]::new);
    header = new RecordHeader(struct);
  }

  /** Commits the record at an offset as an event of the given thread. */
  void decode(MemorySegment data, long offset, ThreadDirectory.Entry thread, TickClock clock) {
    long startTicks = clock.ticksAt(header.startNs(data, offset));
    long durationNs = header.durationNs(data, offset);
    startTime.set(event, Math.max(AT_LEAST, startTicks));
    duration.set(event, Math.max(AT_LEAST, clock.ticksIn(durationNs)));
    event.kernelStart = startTicks;
    event.kernelDuration = durationNs;
    event.osThreadId = thread.osThreadId();
    event.thread = thread.name();
    event.laneThread = thread.thread();
    event.cpu = header.cpu(data, offset);
    copyFields(data, offset);
    event.commit();
    event.laneThread = null; // a thread that ends must not be kept by us
  }

  private void copyFields(MemorySegment data, long offset) {
    try {
      for (FieldCopy field : fields) {
        field.copy(data, offset, event);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a setter cannot fail on an instance of its class
    }
  }
}
