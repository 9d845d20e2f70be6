package latencyscope.agent.event;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import latencyscope.proc.KernelText;

/**
 * Kernel task names as strings, one object per name, so that decoding allocates nothing once the
 * names are known. Direct-mapped: a collision only costs a new string. Used by one thread at a
 * time.
 */
final class CommCache {
  private static final int SIZE = 1024;

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
        ByteBuffer.allocate(KernelText.COMM_BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(lowWord)
            .putLong(highWord)
            .array();
    return KernelText.comm(bytes);
  }
}
