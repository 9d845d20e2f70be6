package latencyscope.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The kernel's side of a ring, played on plain memory. */
final class RingMemory {
  private static final VarHandle LONG = JAVA_LONG.varHandle();
  private static final VarHandle INT = JAVA_INT.varHandle();

  final MemorySegment consumer = MemorySegment.ofArray(new long[1]);
  final MemorySegment producer = MemorySegment.ofArray(new long[1]);
  final MemorySegment data;
  final RingReader reader;
  private final int size;

  RingMemory(int size) {
    this.size = size;
    this.data = MemorySegment.ofArray(new long[2 * size / Long.BYTES]);
    this.reader = new RingReader(consumer, producer, data);
  }

  /** Puts both positions somewhere, as if much had happened before. */
  RingMemory startingAt(long position) {
    consumer.set(JAVA_LONG, 0, position);
    producer.set(JAVA_LONG, 0, position);
    return this;
  }

  /** Reserves: the record is busy, and where it is is returned. */
  long reserve(int length) {
    long position = (long) LONG.get(producer, 0L);
    write(position, length | RingReader.BUSY);
    LONG.setRelease(producer, 0L, position + 8 + (length + 7 & ~7));
    return position;
  }

  boolean hasRoom(int length) {
    long used = (long) LONG.get(producer, 0L) - (long) LONG.getAcquire(consumer, 0L);
    return used + 8 + (length + 7 & ~7) <= size;
  }

  void submit(long position, int length, long... words) {
    for (int i = 0; i < words.length; i++) {
      long at = position + 8 + 8L * i & size - 1;
      data.set(JAVA_LONG, at, words[i]);
      data.set(JAVA_LONG, at + size, words[i]); // the second mapping of the same page
    }
    write(position, length);
  }

  void discard(long position, int length) {
    write(position, length | RingReader.DISCARDED);
  }

  void send(long... words) {
    submit(reserve(8 * words.length), 8 * words.length, words);
  }

  /** Writes a header as it stands. */
  void write(long position, int header) {
    long at = position & size - 1;
    INT.setRelease(data, at + size, header);
    INT.setRelease(data, at, header);
  }

  long consumerPosition() {
    return consumer.get(JAVA_LONG, 0);
  }

  long producerPosition() {
    return producer.get(JAVA_LONG, 0);
  }
}
