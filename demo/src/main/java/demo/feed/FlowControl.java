package demo.feed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the feed from outrunning the receiver, so that the kernel never has to drop a datagram.
 *
 * <p>A real feed has no such back channel. Here it makes a run repeatable: what is received does
 * not depend on timing. Opened up, the feed behaves like a real one. Thread-safe.
 */
public final class FlowControl {
  /**
   * Datagrams under way at most. A small one is charged about 768 bytes of a socket buffer that has
   * 208 KiB by default: half of what fits.
   */
  static final int WINDOW = 128;

  private final AtomicLong received = new AtomicLong();
  private volatile boolean open;

  /** Takes the limit off ({@code true}) or puts it back. */
  public void open(boolean open) {
    this.open = open;
  }

  boolean maySend(long sequence) {
    return sequence - received.getAcquire() <= WINDOW || open;
  }

  void acknowledge(long sequence) {
    received.accumulateAndGet(sequence, Math::max);
  }

  boolean isAcknowledged(long sequence) {
    return received.getAcquire() >= sequence;
  }
}
