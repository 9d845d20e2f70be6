package latencyscope.bpf.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.fuzz.Choices;

/**
 * The ring reader over memory that any writer may have written to: it ends, it hands over nothing
 * that lies outside of the ring, and what it does not hand over it says it has skipped.
 */
public final class RingReaderFuzz {
  private static final int SIZE = 1 << 10;

  private final MemorySegment consumer = MemorySegment.ofArray(new long[1]);
  private final MemorySegment producer = MemorySegment.ofArray(new long[1]);
  private final MemorySegment data = MemorySegment.ofArray(new long[2 * SIZE / Long.BYTES]);
  private final RingReader reader = new RingReader(consumer, producer, data);

  private RingReaderFuzz() {}

  /** Drains a ring of these positions, headers and contents until nothing moves any more. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    new RingReaderFuzz().drain(new Choices(bytes));
  }

  private void drain(Choices choices) {
    long start = choices.any() & -8L;
    consumer.set(JAVA_LONG, 0, start);
    producer.set(
        JAVA_LONG, 0, start + (choices.below(4) == 0 ? choices.any() : choices.below(SIZE + 9)));
    fill(choices, start);
    long before;
    do {
      before = consumer.get(JAVA_LONG, 0);
      drainOnce(1 + choices.below(8), before);
    } while (before != consumer.get(JAVA_LONG, 0));
  }

  private void fill(Choices choices, long start) {
    long position = start;
    while (choices.more() && position - start < SIZE) {
      int header = (int) choices.any();
      int length = choices.below(3) == 0 ? header : choices.below(96);
      int flags = choices.below(8) == 0 ? header & (RingReader.BUSY | RingReader.DISCARDED) : 0;
      int at = (int) (position & SIZE - 1);
      data.set(JAVA_INT, at, length | flags);
      data.set(JAVA_INT, at + SIZE, length | flags);
      position += RingReader.HEADER_SIZE + (Math.max(0, length & SIZE - 1) + 7 & ~7);
    }
  }

  private void drainOnce(int limit, long before) {
    long[] handed = new long[2];
    long end = producer.get(JAVA_LONG, 0);
    try {
      int count =
          reader.drain((record, offset, length) -> check(record, offset, length, handed), limit);
      expect(count == handed[0], "it said " + count + " and handed over " + handed[0]);
    } catch (CorruptRingException e) {
      expect(consumer.get(JAVA_LONG, 0) == end, "what is corrupt was not skipped");
      return;
    }
    long moved = consumer.get(JAVA_LONG, 0) - before;
    expect(moved >= 0 && moved <= end - before, "the consumer went past the producer");
    expect(handed[1] <= moved, "more was handed over than was in the ring");
    expect(handed[0] <= limit, "more was handed over than asked for");
  }

  private static void check(MemorySegment record, long offset, int length, long[] handed) {
    expect(length >= 0 && offset >= 0, "a record of " + length + " bytes at " + offset);
    record.asSlice(offset, length);
    handed[0]++;
    handed[1] += RingReader.HEADER_SIZE + length;
  }

  private static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
