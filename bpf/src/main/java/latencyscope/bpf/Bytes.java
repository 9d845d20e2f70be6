package latencyscope.bpf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A little-endian view of part of an object file in which no offset can be wild.
 *
 * <p>Every offset is a {@code long} taken from the file: one outside the view is a {@link
 * MalformedObjectException} that names the view.
 */
final class Bytes {
  /** No C name is longer; a forged table could otherwise point a million times at one long text. */
  private static final int LONGEST_NAME = 1024;

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private final String what;
  private final byte[] data;
  private final int start;
  private final int length;

  private Bytes(String what, byte[] data, int start, int length) {
    this.what = what;
    this.data = data;
    this.start = start;
    this.length = length;
  }

  static Bytes of(String what, byte[] data) {
    return new Bytes(what, data, 0, data.length);
  }

  int length() {
    return length;
  }

  Bytes slice(String part, long offset, long size) throws MalformedObjectException {
    return new Bytes(part, data, at(offset, size), (int) size);
  }

  int u8(long offset) throws MalformedObjectException {
    return Byte.toUnsignedInt(data[at(offset, 1)]);
  }

  int u16(long offset) throws MalformedObjectException {
    return Short.toUnsignedInt((short) SHORT.get(data, at(offset, 2)));
  }

  int s32(long offset) throws MalformedObjectException {
    return (int) INT.get(data, at(offset, 4));
  }

  long u32(long offset) throws MalformedObjectException {
    return Integer.toUnsignedLong(s32(offset));
  }

  /** Values beyond 2⁶³ come out negative, and no check that follows takes a negative offset. */
  long u64(long offset) throws MalformedObjectException {
    return (long) LONG.get(data, at(offset, 8));
  }

  /** The text from an offset to the next NUL. */
  String string(long offset) throws MalformedObjectException {
    int first = at(offset, 1);
    int limit = Math.min(start + length, first + LONGEST_NAME);
    for (int i = first; i < limit; i++) {
      if (data[i] == 0) {
        return new String(data, first, i - first, StandardCharsets.UTF_8);
      }
    }
    throw new MalformedObjectException(what + " has a name without an end at offset " + offset);
  }

  private int at(long offset, long size) throws MalformedObjectException {
    if (offset < 0 || size < 0 || offset > length || size > length - offset) {
      throw new MalformedObjectException(
          what + " ends at byte " + length + " but " + size + " are needed at offset " + offset);
    }
    return start + (int) offset;
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }
}
