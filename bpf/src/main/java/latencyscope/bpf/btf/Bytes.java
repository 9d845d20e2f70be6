package latencyscope.bpf.btf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import latencyscope.bpf.error.MalformedObjectException;

/**
 * A little-endian view of part of an object file in which no offset can be wild.
 *
 * <p>Every offset is a {@code long} taken from the file: one outside the view is a {@link
 * MalformedObjectException} that names the view.
 */
public final class Bytes {
  /** No C name is longer; a forged table could otherwise point a million times at one long text. */
  private static final int LONGEST_NAME = 1024;

  private final String what;
  private final ByteBuffer data;
  private final int start;
  private final int length;

  private Bytes(String what, ByteBuffer data, int start, int length) {
    this.what = what;
    this.data = data.order(ByteOrder.LITTLE_ENDIAN);
    this.start = start;
    this.length = length;
  }

  static Bytes of(String what, byte[] data) {
    return new Bytes(what, ByteBuffer.wrap(data), 0, data.length);
  }

  /**
   * The content of a file, outside of the Java heap: a small one may not have room for several
   * megabytes in one piece.
   */
  public static Bytes ofFile(String what, Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      ByteBuffer content = ByteBuffer.allocateDirect(Math.toIntExact(in.size()));
      while (content.hasRemaining()) {
        if (in.read(content) < 0) {
          throw new EOFException(file + " is shorter than its size says");
        }
      }
      return new Bytes(what, content, 0, content.capacity());
    }
  }

  int length() {
    return length;
  }

  Bytes slice(String part, long offset, long size) throws MalformedObjectException {
    return new Bytes(part, data, at(offset, size), (int) size);
  }

  int u8(long offset) throws MalformedObjectException {
    return Byte.toUnsignedInt(data.get(at(offset, 1)));
  }

  int u16(long offset) throws MalformedObjectException {
    return Short.toUnsignedInt(data.getShort(at(offset, 2)));
  }

  int s32(long offset) throws MalformedObjectException {
    return data.getInt(at(offset, 4));
  }

  public long u32(long offset) throws MalformedObjectException {
    return Integer.toUnsignedLong(s32(offset));
  }

  /** Values beyond 2⁶³ come out negative, and no check that follows takes a negative offset. */
  long u64(long offset) throws MalformedObjectException {
    return data.getLong(at(offset, 8));
  }

  /** The text from an offset to the next NUL. */
  String string(long offset) throws MalformedObjectException {
    int first = at(offset, 1);
    int limit = Math.min(start + length, first + LONGEST_NAME);
    for (int i = first; i < limit; i++) {
      if (data.get(i) == 0) {
        byte[] text = new byte[i - first];
        data.get(first, text);
        return new String(text, StandardCharsets.UTF_8);
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
}
