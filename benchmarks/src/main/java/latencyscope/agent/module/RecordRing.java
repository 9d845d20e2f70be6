package latencyscope.agent.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import latencyscope.agent.record.RecordBinding;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.bpf.error.MalformedObjectException;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.bpf.ring.RingReader;

/**
 * A ring in plain memory that is always full of the isolation module's records, waits and switches
 * of some threads in turn. Used by one thread at a time.
 *
 * <p>Reading leaves the records where they are, so putting the consumer back refills it: what is
 * measured is the reader and not a writer. Layouts are those of the compiled object.
 */
final class RecordRing {
  private static final int RING_HEADER = 8;

  /** More than any record with its header has; a power of two, as the ring's size must be. */
  private static final int ROOM = 256;

  private static final long WAIT_NS = 12_847;

  private final MemorySegment consumer;
  private final RingReader reader;
  private final Map<Long, Struct> structs;
  private final int records;

  /**
   * Fills a ring.
   *
   * @param records how many; a power of two
   * @param osThreadIds whose they are, in turn; thread i is in slot i + 1
   * @param startNs CLOCK_MONOTONIC of the first; the others follow 1 µs apart
   */
  RecordRing(Arena arena, int records, int[] osThreadIds, long startNs)
      throws MalformedObjectException {
    this.records = records;
    structs = KernelModule.recordsByNumber(ObjectFile.named("isolation"));
    consumer = arena.allocate(JAVA_LONG);
    MemorySegment producer = arena.allocate(JAVA_LONG);
    MemorySegment data = arena.allocate(2L * records * ROOM, Long.BYTES);
    long position = 0;
    for (int i = 0; i < records; i++) {
      Struct struct = structs.get((long) (i & 1));
      data.set(JAVA_INT, position, struct.size());
      MemorySegment record = data.asSlice(position + RING_HEADER, struct.size());
      fill(record, struct, i & 1, startNs + i * 1_000L);
      fillThread(record, header(struct), i / 2 % osThreadIds.length, osThreadIds);
      position += RING_HEADER + (struct.size() + 7L & ~7L);
    }
    producer.set(JAVA_LONG, 0, position);
    reader = new RingReader(consumer, producer, data);
  }

  /** The records' layouts, by number. */
  Map<Long, Struct> structs() {
    return structs;
  }

  /** Hands over all records there are and makes them new again. */
  int drain(RecordHandler handler) throws CorruptRingException {
    consumer.set(JAVA_LONG, 0, 0);
    return reader.drain(handler, records);
  }

  private static Struct header(Struct record) {
    return RecordBinding.headerOf(record);
  }

  private static void fill(MemorySegment record, Struct struct, int number, long startNs) {
    Struct header = header(struct);
    record.set(JAVA_LONG, header.member("kernel_start_ns").offset(), startNs);
    record.set(JAVA_LONG, header.member("kernel_duration_ns").offset(), WAIT_NS);
    record.set(JAVA_INT, header.member("record").offset(), number);
    record.set(JAVA_INT, header.member("cpu").offset(), 1);
    boolean wait = number == 0;
    text(record, struct.member(wait ? "culprit" : "next").offset(), "kworker/1:2");
    record.set(JAVA_INT, struct.member(wait ? "kind" : "state").offset(), 1);
    record.set(JAVA_INT, struct.member(wait ? "culprit_tid" : "next_tid").offset(), 4711);
    record.set(JAVA_INT, struct.member(wait ? "priority" : "next_priority").offset(), 120);
    if (!wait) {
      text(record, struct.member("waker").offset(), "market-data");
      record.set(JAVA_INT, struct.member("voluntary").offset(), 1);
    }
  }

  private static void fillThread(MemorySegment record, Struct header, int thread, int[] ids) {
    record.set(JAVA_INT, header.member("os_thread_id").offset(), ids[thread]);
    record.set(JAVA_INT, header.member("slot").offset(), thread + 1);
    text(record, header.member("thread").offset(), "strategy-" + thread);
  }

  private static void text(MemorySegment record, int offset, String name) {
    MemorySegment.copy(
        MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8)),
        0,
        record,
        offset,
        name.length());
  }
}
