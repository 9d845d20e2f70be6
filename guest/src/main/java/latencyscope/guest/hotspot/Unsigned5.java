package latencyscope.guest.hotspot;

import java.nio.ByteBuffer;

/**
 * Reads HotSpot's compressed numbers: 1 to 5 bytes, of which none is 0; the lowest 6 bits first.
 *
 * <p>Source: {@code utilities/unsigned5.hpp} of JDK 20 and newer (JDK-8292758). Not safe for use by
 * several threads.
 */
final class Unsigned5 {
  /** Bytes below this end a number. */
  private static final int LAST = 192;

  private static final int EXCLUDED = 1;
  private static final int BITS = 6;
  private static final int MOST_BYTES = 5;

  private final ByteBuffer bytes;

  /** Reads from a buffer's position on. */
  Unsigned5(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Whether there are bytes. */
  boolean hasMore() {
    return bytes.hasRemaining();
  }

  /** The next byte as it is, unsigned; 0 at the end. */
  int readByte() {
    return bytes.hasRemaining() ? bytes.get() & 0xff : 0;
  }

  /** The next number; 0 where the bytes end or are none. */
  int read() {
    int sum = 0;
    for (int i = 0; i < MOST_BYTES; i++) {
      int next = readByte();
      if (next < EXCLUDED) {
        return 0;
      }
      sum += next - EXCLUDED << BITS * i;
      if (next < LAST) {
        break;
      }
    }
    return sum;
  }

  /** The next number, of which the lowest bit is the sign. */
  int readSigned() {
    int number = read();
    return number >>> 1 ^ -(number & 1);
  }
}
