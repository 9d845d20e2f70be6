package demo.thread;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/**
 * Hands preallocated slots from one producer thread to one consumer thread, in order.
 *
 * <p>The producer fills a slot, then publishes its cursor with release; the consumer reads the
 * cursor with acquire and so sees the slot as it was filled. The other way round the consumer's
 * cursor tells the producer, by the same rule, that a slot has been read and may be overwritten.
 */
public final class SpscRing<T> {
  // Each cursor has 128 bytes on both sides: the adjacent-line prefetcher pulls lines in pairs.
  private static final int PRODUCED = 16;
  private static final int CONSUMED = 32;

  private final AtomicLongArray cursors = new AtomicLongArray(48);
  private final Object[] slots;
  private final int mask;

  /**
   * A ring of {@code capacity} slots.
   *
   * @throws IllegalArgumentException if the capacity is not a power of two
   */
  public SpscRing(int capacity, Supplier<T> slot) {
    if (capacity < 1 || Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity " + capacity + " is not a power of two");
    }
    mask = capacity - 1;
    slots = new Object[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = slot.get();
    }
  }

  /** Producer: the next slot to fill, or null while the ring is full. */
  public T claim() {
    long produced = cursors.getPlain(PRODUCED);
    return produced - cursors.getAcquire(CONSUMED) <= mask ? slot(produced) : null;
  }

  /** Producer: passes on the slot that was claimed. */
  public void publish() {
    cursors.setRelease(PRODUCED, cursors.getPlain(PRODUCED) + 1);
  }

  /** Consumer: the oldest slot not yet released, or null while there is none. */
  public T poll() {
    long consumed = cursors.getPlain(CONSUMED);
    return consumed < cursors.getAcquire(PRODUCED) ? slot(consumed) : null;
  }

  /** Consumer: gives the polled slot back to the producer. */
  public void release() {
    cursors.setRelease(CONSUMED, cursors.getPlain(CONSUMED) + 1);
  }

  @SuppressWarnings("unchecked") // the constructor stores nothing but T
  private T slot(long cursor) {
    return (T) slots[(int) cursor & mask];
  }
}
