package latencyscope.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Values out of a fuzzer's bytes, in order; zeros when they are used up. The same bytes are the
 * same values, with Jazzer and without.
 */
public final class Choices {
  private static final long[] EXTREMES = {
    0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32
  };

  private static final String[] NAMES = {
    null, "", "strategy", "kworker/4:0", "VM Thread", "G1 Conc#0", "<b>&\"'", "\u0000\ud800\u202e"
  };

  private final ByteBuffer bytes;

  /** Reads from the first byte on. */
  public Choices(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether there are bytes left. */
  public boolean more() {
    return bytes.hasRemaining();
  }

  /** A number from 0 up to but not including a bound. */
  public int below(int bound) {
    return bound <= 0 ? 0 : (int) (number(bound <= 256 ? 1 : 4) % bound);
  }

  /** Any number, often a small or an extreme one. */
  public long any() {
    int kind = below(4);
    return switch (kind) {
      case 0 -> EXTREMES[below(EXTREMES.length)];
      case 1 -> number(2);
      case 2 -> number(4);
      default -> number(8);
    };
  }

  /** A name, or null. */
  public String name() {
    int which = below(NAMES.length + 4);
    return which < NAMES.length ? NAMES[which] : text(below(24));
  }

  /** A text of up to so many bytes. */
  public String text(int length) {
    byte[] text = new byte[Math.min(length, bytes.remaining())];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Whatever is left. */
  public byte[] rest() {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }

  private long number(int size) {
    long number = 0;
    for (int i = 0; i < size && bytes.hasRemaining(); i++) {
      number |= (bytes.get() & 0xffL) << 8 * i;
    }
    return number;
  }
}
