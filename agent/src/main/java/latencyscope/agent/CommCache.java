package latencyscope.agent;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Kernel task names as strings, one object per name, so that decoding allocates nothing once the
 * names are known. Direct-mapped: a collision only costs a new string. Used by one thread at a
 * time.
 */
final class CommCache {
  private static final int SIZE = 1024;
  private static final char REPLACEMENT = '\uFFFD';

  private final long[] low = new long[SIZE];
  private final long[] high = new long[SIZE];
  private final String[] names = new String[SIZE];

  /**
   * The name whose 16 bytes, zero-terminated, are these two words in memory order; null if empty.
   */
  String name(long lowWord, long highWord) {
    if (lowWord == 0) {
      return null;
    }
    int index = (int) ((lowWord * 31 + highWord) * 0x9E3779B97F4A7C15L >>> 54);
    if (low[index] != lowWord || high[index] != highWord || names[index] == null) {
      low[index] = lowWord;
      high[index] = highWord;
      names[index] = decode(lowWord, highWord);
    }
    return names[index];
  }

  private static String decode(long lowWord, long highWord) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putLong(lowWord)
            .putLong(highWord)
            .array();
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    String name = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return name.indexOf(REPLACEMENT) < 0 ? name : ofJvm(bytes, length, name);
  }

  // A JVM gives its threads' names to the kernel in modified UTF-8: emoji are two halves there.
  private static String ofJvm(byte[] bytes, int length, String otherwise) {
    ByteBuffer counted = ByteBuffer.allocate(Short.BYTES + length);
    counted.putShort((short) length).put(bytes, 0, length);
    try {
      String name = DataInputStream.readUTF(input(counted.array()));
      int last = name.length() - 1;
      // The kernel keeps 15 bytes, which may end within a character.
      return Character.isHighSurrogate(name.charAt(last)) ? name.substring(0, last) : name;
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static DataInputStream input(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }
}
