package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.IntConsumer;
import latencyscope.bpf.RecordHandler;
import latencyscope.bpf.Struct;

/**
 * Turns the records of one module, of whatever kind, into events of the threads that they happened
 * to. Used by one thread at a time.
 */
final class ModuleRecords implements RecordHandler {
  private final RecordHeader header;
  private final RecordDecoder[] decoders;
  private final CaptureContext context;
  private final IntConsumer mute;
  private final long[] record;

  /**
   * Binds every kind of record to its event.
   *
   * @param structs by the number that their records carry, from 0 without a gap
   * @param mute told of the slot of a thread whose records are not wanted
   * @throws IllegalArgumentException if a structure and its event class differ
   */
  ModuleRecords(Map<Long, Struct> structs, CaptureContext context, IntConsumer mute)
      throws ReflectiveOperationException {
    this.context = context;
    this.mute = mute;
    header = new RecordHeader(structs.values().iterator().next());
    decoders = new RecordDecoder[structs.size()];
    int longest = structs.values().stream().mapToInt(Struct::size).max().orElse(0);
    record = new long[(longest + Long.BYTES - 1) / Long.BYTES];
    for (Map.Entry<Long, Struct> entry : structs.entrySet()) {
      Struct struct = entry.getValue();
      decoders[Math.toIntExact(entry.getKey())] =
          new RecordDecoder(EventCatalog.eventClass(struct), struct, context.strings());
    }
  }

  @Override
  public void onRecord(MemorySegment data, long offset, int length) {
    // Once for all members: reading an array is cheap long before this code has been compiled.
    MemorySegment.copy(data, ValueLayout.JAVA_LONG, offset, record, 0, length / Long.BYTES);
    int slot = header.slot(record);
    String kernelName = header.thread(record, context.strings());
    ThreadDirectory.Entry thread =
        context.threads().of(slot, header.osThreadId(record), kernelName);
    if (!thread.watched()) {
      mute.accept(slot);
      return;
    }
    decoders[header.record(record)].decode(record, thread, context.clock());
  }
}
