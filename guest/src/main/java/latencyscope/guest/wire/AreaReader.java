package latencyscope.guest.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The shared memory on the side that reads it. What is in it may be anything. Used by one thread at
 * a time, but for {@link #pending} and {@link #born}.
 */
public final class AreaReader {
  private final ByteBuffer memory;

  /** The record that is handed over: a new one for each would be garbage. */
  private final ByteBuffer view;

  private final int capacity;
  private volatile long read;

  /** Takes a record. */
  public interface Handler {
    /** Called with the bytes of a record between position and limit. */
    void onRecord(ByteBuffer record) throws EventReader.GarbageException;
  }

  /**
   * Reads memory.
   *
   * @throws IllegalArgumentException if no writer has such an area
   */
  public AreaReader(ByteBuffer memory) {
    this.memory = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    view = this.memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    capacity = AreaWriter.capacity(memory);
  }

  /** Bytes that wait to be read. */
  public long pending() {
    return (long) AreaWriter.WORD.getAcquire(memory, AreaWriter.WRITTEN) - read;
  }

  /** Bytes for records. */
  public int capacity() {
    return capacity;
  }

  /** How often threads were born. */
  public long born() {
    return (long) AreaWriter.WORD.getAcquire(memory, AreaWriter.BORN);
  }

  /** How many bytes were read since the begin. */
  public long position() {
    return read;
  }

  /**
   * Hands over records; says how many there were.
   *
   * @param limit of records
   * @throws EventReader.GarbageException if what is there are none; nothing is read any more then
   */
  public int drain(int limit, Handler handler) throws EventReader.GarbageException {
    int count = 0;
    for (long pending = pending(); pending > 0 && count < limit; pending = pending()) {
      int at = (int) (read & capacity - 1);
      int length = memory.getInt(AreaWriter.HEADER + at);
      boolean pad = length < 0;
      length &= ~AreaWriter.PAD;
      if (pending > capacity
          || length <= AreaWriter.LENGTH
          || length % AreaWriter.ALIGN != 0
          || length > pending
          || length > capacity - at) {
        throw new EventReader.GarbageException("a record of " + length + " bytes");
      }
      if (!pad) {
        view.limit(AreaWriter.HEADER + at + length);
        view.position(AreaWriter.HEADER + at + AreaWriter.LENGTH);
        handler.onRecord(view);
        view.clear();
        count++;
      }
      read += length;
    }
    return count;
  }
}
