package latencyscope.bpf.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import latencyscope.bpf.error.CorruptRingException;

/**
 * Reads a BPF ring buffer: many producers in the kernel, one consumer here.
 *
 * <p>The protocol is that of Documentation/bpf/ringbuf.rst. Producers move the producer position
 * when they reserve; the header of a reserved record carries a busy bit until its producer submits
 * or discards it. The consumer reads up to the first busy header and moves the consumer position,
 * which gives the space back. An acquiring read of a header pairs with the releasing exchange of
 * the submit; the releasing write of the position pairs with the acquiring read of the next
 * reserve. Data is mapped twice in a row, so that a record at the end of the ring lies in one
 * piece.
 *
 * <p>One thread at a time. Allocates nothing per record or per drain.
 */
public final class RingReader {
  /** Bytes before each record: u32 length with two flags, u32 page offset. */
  static final int HEADER_SIZE = 8;

  static final int BUSY = 1 << 31;
  static final int DISCARDED = 1 << 30;

  private static final VarHandle POSITION =
      ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
  private static final VarHandle HEADER =
      ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

  private final MemorySegment consumerPage;
  private final MemorySegment producerPage;
  private final MemorySegment data;
  private final long size;

  /**
   * Reads from any memory that is laid out like a ring.
   *
   * @param consumerPage begins with the consumer position, a u64; written by this reader alone
   * @param producerPage begins with the producer position, a u64
   * @param data the ring twice over, a power of two each time
   * @throws IllegalArgumentException when the data has no such size
   */
  public RingReader(MemorySegment consumerPage, MemorySegment producerPage, MemorySegment data) {
    this.consumerPage = consumerPage;
    this.producerPage = producerPage;
    this.data = data;
    this.size = data.byteSize() / 2;
    if (size < HEADER_SIZE || Long.bitCount(size) != 1 || data.byteSize() % 2 != 0) {
      throw new IllegalArgumentException(
          "ring data is twice a power of two, not " + data.byteSize() + " bytes");
    }
  }

  /** Size of the ring in bytes. */
  public long capacityBytes() {
    return size;
  }

  /** Bytes reserved and not yet consumed, headers and busy records included. */
  public long pendingBytes() {
    return producerPosition() - consumerPosition();
  }

  /** Bytes consumed since the ring was made; a position that only grows, and may wrap around. */
  public long consumedBytes() {
    return consumerPosition();
  }

  /**
   * Hands over what is ready, oldest first, and gives its space back to the producers.
   *
   * <p>A record whose handler throws counts as consumed: the exception propagates, and the next
   * call goes on behind it. After a {@link CorruptRingException} the next call goes on at the
   * position that the producers had reached.
   *
   * @param handler takes each record; discarded ones are passed over
   * @param limit the most records to hand over, at least 1
   * @return how many were handed over
   * @throws CorruptRingException when a position or a length cannot be true
   * @throws IllegalStateException when the ring is no longer mapped
   */
  public int drain(RecordHandler handler, int limit) throws CorruptRingException {
    return drain(handler, limit, size);
  }

  /**
   * Like {@link #drain(RecordHandler, int)}, for the oldest records only: for a reader that wants
   * some time to pass before it looks at a record.
   *
   * @param bytes hand over no record that begins behind the first so many pending bytes
   */
  public int drain(RecordHandler handler, int limit, long bytes) throws CorruptRingException {
    long start = consumerPosition();
    long end = producerPosition();
    checkPositions(start, end);
    long last = Math.min(end - start, bytes) + start;
    long position = start;
    int handed = 0;
    try {
      while (last - position > 0 && handed < limit) { // a difference: positions wrap around
        long at = position & (size - 1);
        int header = (int) HEADER.getAcquire(data, at);
        if ((header & BUSY) != 0) {
          break;
        }
        int length = header & ~DISCARDED;
        long next = position + HEADER_SIZE + (length + 7L & ~7L);
        if (next - position > end - position) {
          long skipped = end - position;
          position = end;
          throw corruptLength(length, at, skipped);
        }
        position = next;
        if ((header & DISCARDED) == 0) {
          handed++;
          handler.onRecord(data, at + HEADER_SIZE, length);
        }
      }
    } finally {
      if (position != start) {
        POSITION.setRelease(consumerPage, 0L, position);
      }
    }
    return handed;
  }

  private void checkPositions(long consumer, long producer) throws CorruptRingException {
    long pending = producer - consumer;
    if (pending < 0 || pending > size) {
      POSITION.setRelease(consumerPage, 0L, producer);
      throw new CorruptRingException(
          "the ring of "
              + size
              + " bytes has its producer at "
              + Long.toUnsignedString(producer)
              + " and its consumer at "
              + Long.toUnsignedString(consumer),
          pending);
    }
  }

  private CorruptRingException corruptLength(int length, long at, long skipped) {
    return new CorruptRingException(
        "a record of " + length + " bytes at " + at + " ends behind the ring's producer", skipped);
  }

  private long consumerPosition() {
    // Nobody else writes it: a plain read sees what this reader wrote.
    return (long) POSITION.get(consumerPage, 0L);
  }

  private long producerPosition() {
    return (long) POSITION.getAcquire(producerPage, 0L);
  }
}
