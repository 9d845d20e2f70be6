package demo.journal;

import demo.book.Instrument;
import demo.book.Side;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes down each order before it is sent, in a memory-mapped file of fixed size.
 *
 * <p>A full file is written again from its start. Appending is a handful of stores; durability is
 * left to the kernel's writeback, as engines do that replicate over the network. One thread
 * appends.
 */
public final class Journal {
  /** Bytes of a record: one cache line. */
  public static final int RECORD = 64;

  private static final int CAPACITY = 4 << 20;
  private static final int PAGE = 4096;

  private final ByteBuffer mapped;
  private final AtomicReference<ByteBuffer> next = new AtomicReference<>();
  private ByteBuffer active;
  private long records;

  /**
   * Creates the file with every page written and mapped, so that appending does not fault.
   *
   * @throws IOException if the file cannot be made
   */
  public Journal(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(CAPACITY);
      mapped = access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, CAPACITY);
    }
    for (int offset = 0; offset < CAPACITY; offset += PAGE) {
      mapped.put(offset, (byte) 0);
    }
    active = mapped;
  }

  /**
   * Any thread: the next record goes to the start of this segment, and so on from there.
   *
   * @return false, with no effect, while the previous segment has not been taken yet
   */
  public boolean continueIn(ByteBuffer segment) {
    return next.compareAndSet(null, segment);
  }

  /**
   * Any thread: back to the journal's own file.
   *
   * @return whether a segment was still waiting, which is now never written
   */
  public boolean continueAtHome() {
    return next.getAndSet(mapped) != null;
  }

  /** Any thread: whether the segment that was given last has been taken. */
  public boolean isTaken() {
    return next.get() == null;
  }

  /** Writes one record; {@code nowNs} is of {@code System.nanoTime()}, the price in ticks. */
  public void append(
      long nowNs,
      long sequence,
      long orderId,
      Instrument instrument,
      Side side,
      int price,
      int quantity) {
    ByteBuffer out = segment();
    int start = out.position();
    out.putLong(nowNs).putLong(sequence).putLong(orderId).putInt(price).putInt(quantity);
    out.put((byte) instrument.ordinal()).put((byte) side.ordinal());
    out.position(start + RECORD);
    records++;
  }

  /** Records written; read it on the appending thread or after it ended. */
  public long records() {
    return records;
  }

  private ByteBuffer segment() {
    if (next.getAcquire() != null) {
      active = next.getAndSet(null);
    }
    if (active.remaining() < RECORD) {
      active.clear();
    }
    return active;
  }
}
