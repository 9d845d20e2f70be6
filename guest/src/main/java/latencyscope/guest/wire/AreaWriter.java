package latencyscope.guest.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The shared memory on the side that writes it: a ring of records behind a page with positions. The
 * reader cannot write there; it says how far it has read in another way, and what it says is
 * checked. Used by one thread at a time.
 */
public final class AreaWriter {
  /** Bytes before the first record. */
  public static final int HEADER = 4_096;

  /** Where the header has the number of bytes written since the begin. */
  static final int WRITTEN = 0;

  /** Where the header has how often threads were born. */
  static final int BORN = 64;

  /**
   * Before a record: its length in bytes with this, and with what fills it up to {@link #ALIGN}.
   */
  static final int LENGTH = Integer.BYTES;

  /** Of a place at the end of the ring that no record fits into. */
  static final int PAD = 1 << 31;

  static final int ALIGN = 8;

  static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer memory;
  private final int capacity;
  private long written;
  private long read;
  private long born;

  /**
   * Writes into memory.
   *
   * @param memory a page, and then a power of two of bytes
   */
  public AreaWriter(ByteBuffer memory) {
    this.memory = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    capacity = capacity(memory);
  }

  /** Bytes for records in so much memory. */
  static int capacity(ByteBuffer memory) {
    int capacity = memory.capacity() - HEADER;
    if (capacity < ALIGN || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("an area of " + memory.capacity() + " bytes");
    }
    return capacity;
  }

  /** Writes a record; says whether there was room for it. */
  public boolean put(ByteBuffer record) {
    int length = aligned(LENGTH + record.remaining());
    int at = (int) (written & capacity - 1);
    int toEnd = capacity - at;
    int needed = length <= toEnd ? length : toEnd + length;
    if (written + needed - read > capacity) {
      return false;
    }
    if (length > toEnd) {
      memory.putInt(HEADER + at, PAD | toEnd);
      at = 0;
    }
    memory.putLong(HEADER + at + length - ALIGN, 0); // the rest of the last word
    memory.putInt(HEADER + at, length);
    memory.put(HEADER + at + LENGTH, record, record.position(), record.remaining());
    written += needed;
    WORD.setRelease(memory, WRITTEN, written);
    return true;
  }

  private static int aligned(int bytes) {
    return bytes + ALIGN - 1 & -ALIGN;
  }

  /** Says to the reader that threads were born, whose names are to be had while they live. */
  public void threadsWereBorn() {
    WORD.setRelease(memory, BORN, ++born);
  }

  /** How many bytes were written since the begin. */
  public long written() {
    return written;
  }

  /** Bytes that wait to be read. */
  public long pending() {
    return written - read;
  }

  /**
   * Takes what the reader says.
   *
   * @param position how many bytes it has read since the begin
   * @return false if that cannot be
   */
  public boolean readUntil(long position) {
    if (position < read || position > written || position % ALIGN != 0) {
      return false;
    }
    read = position;
    return true;
  }
}
