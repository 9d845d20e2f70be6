package latencyscope.proc;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text out of bytes of the kernel: names of tasks, files, devices and control groups are what
 * somebody put there, in whatever encoding, and are cut to a length in the middle of a character.
 *
 * <p>Total: any bytes give a text, and different names stay different.
 */
public final class KernelText {
  /** What a task's name has room for, TASK_COMM_LEN of the kernel with the 0 at its end. */
  public static final int COMM_BYTES = 16;

  private static final int LONGEST_CHARACTER = 4;

  private KernelText() {}

  /** The text of UTF-8 bytes; a byte that is none is written as the kernel would: {@code \xff}. */
  public static String of(byte[] bytes) {
    if (isAscii(bytes)) {
      return new String(bytes, StandardCharsets.US_ASCII); // nearly always, and without buffers
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer part = CharBuffer.allocate(bytes.length);
    StringBuilder text = new StringBuilder(bytes.length);
    while (true) {
      // No character takes more chars than it has bytes: the buffer never overflows.
      CoderResult result = decoder.decode(in, part, true);
      text.append(part.flip());
      part.clear();
      if (result.isUnderflow()) {
        return text.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        text.append(String.format("\\x%02x", in.get()));
      }
      decoder.reset();
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A task's name, which ends at its first 0 byte.
   *
   * <p>The kernel keeps 15 bytes: what is left of a character at the end is dropped. A JVM gives it
   * the names of its threads in modified UTF-8, where an emoji is two halves.
   */
  public static String comm(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    byte[] name = Arrays.copyOf(bytes, length);
    // A JVM's own truncation of longer names may leave 15 bytes or 16.
    boolean cut = length >= COMM_BYTES - 1;
    byte[] whole = cut ? withoutPartAtEnd(name) : name;
    String text = of(whole);
    if (text.indexOf('\\') < 0 || isUtf8(whole)) {
      return text;
    }
    String ofJvm = modifiedUtf8(whole);
    return ofJvm != null ? ofJvm : text;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] withoutPartAtEnd(byte[] bytes) {
    for (int back = 1; back <= Math.min(LONGEST_CHARACTER - 1, bytes.length); back++) {
      int value = bytes[bytes.length - back] & 0xff;
      if ((value & 0xc0) != 0x80) {
        return back < lengthOf(value) ? Arrays.copyOf(bytes, bytes.length - back) : bytes;
      }
    }
    return bytes;
  }

  /** How many bytes a character has that begins with this one. */
  private static int lengthOf(int first) {
    return first >= 0xf8 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  }

  private static String modifiedUtf8(byte[] bytes) {
    ByteBuffer counted = ByteBuffer.allocate(Short.BYTES + bytes.length);
    counted.putShort((short) bytes.length).put(bytes);
    try {
      String name =
          DataInputStream.readUTF(new DataInputStream(new ByteArrayInputStream(counted.array())));
      int last = name.length() - 1;
      return Character.isHighSurrogate(name.charAt(last)) ? name.substring(0, last) : name;
    } catch (IOException e) {
      return null;
    }
  }
}
