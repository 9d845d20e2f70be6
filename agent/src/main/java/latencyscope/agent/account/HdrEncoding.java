package latencyscope.agent.account;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.Deflater;

/**
 * Writes counts as a compressed HdrHistogram (V2), Base64, so that every reader of that format can
 * read the kernel's distributions. The agent loads no library into the engine, hence its own
 * encoder; a test decodes its output with HdrHistogram itself.
 *
 * <p>The counts are indexed as HdrHistogram does with 3 significant digits from 1 ns. Buffers are
 * reused: for use by one thread at a time.
 */
public final class HdrEncoding {
  private static final int COOKIE = 0x1c849303 | 0x10;
  private static final int COMPRESSED_COOKIE = 0x1c849304 | 0x10;
  private static final int HEADER_BYTES = 40;
  private static final int DIGITS = 3;
  private static final int SUB_BUCKETS = 2048;
  private static final int MAX_VARINT_BYTES = 9;

  private final Deflater deflater = new Deflater();
  private final byte[] chunk = new byte[4096];
  private ByteBuffer buffer = ByteBuffer.allocate(8192);

  /** Encodes {@code counts[0..length)}; length must be at least 1. */
  public String encode(long[] counts, int length) {
    int used = length;
    while (used > 1 && counts[used - 1] == 0) {
      used--;
    }
    int capacity = HEADER_BYTES + used * MAX_VARINT_BYTES;
    if (buffer.capacity() < capacity) {
      buffer = ByteBuffer.allocate(capacity);
    }
    buffer.clear().position(HEADER_BYTES);
    putCounts(counts, used);
    int end = buffer.position();
    buffer.putInt(0, COOKIE).putInt(4, end - HEADER_BYTES).putInt(8, 0).putInt(12, DIGITS);
    buffer.putLong(16, 1).putLong(24, trackable(used)).putDouble(32, 1.0);
    return compress(end);
  }

  /** Runs of zeros are one negative number; all numbers are ZigZag LEB128. */
  private void putCounts(long[] counts, int used) {
    int i = 0;
    while (i < used) {
      long count = counts[i++];
      if (count == 0) {
        int from = i - 1;
        while (i < used && counts[i] == 0) {
          i++;
        }
        count = from - i;
      }
      putZigZag(count);
    }
  }

  private void putZigZag(long value) {
    long rest = value << 1 ^ value >> 63;
    // HdrHistogram's variant: the ninth byte carries eight bits.
    for (int bytes = 1; bytes < MAX_VARINT_BYTES && rest >>> 7 != 0; bytes++) {
      buffer.put((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
  }

  private String compress(int end) {
    deflater.reset();
    deflater.setInput(buffer.array(), 0, end);
    deflater.finish();
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(1024);
    while (!deflater.finished()) {
      compressed.write(chunk, 0, deflater.deflate(chunk));
    }
    ByteBuffer result = ByteBuffer.allocate(8 + compressed.size());
    result.putInt(COMPRESSED_COOKIE).putInt(compressed.size()).put(compressed.toByteArray());
    return Base64.getEncoder().encodeToString(result.array());
  }

  /** A highest trackable value for which a reader makes room for at least this many counts. */
  private static long trackable(int used) {
    long highest = 2L * SUB_BUCKETS - 1;
    for (int room = SUB_BUCKETS + SUB_BUCKETS / 2; room < used; room += SUB_BUCKETS / 2) {
      highest = highest << 1 | 1;
    }
    return highest;
  }

  /** Largest value, nanoseconds, that is counted at this index. */
  static long highestValueAt(int index) {
    if (index < SUB_BUCKETS) {
      return index;
    }
    int bucket = index / (SUB_BUCKETS / 2) - 1;
    long sub = index - (long) bucket * (SUB_BUCKETS / 2);
    return (sub + 1 << bucket) - 1;
  }
}
