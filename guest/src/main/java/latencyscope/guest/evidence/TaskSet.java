package latencyscope.guest.evidence;

import java.util.Arrays;

/**
 * Tasks by process and thread id, each once, in the order in which they were added. Adding
 * allocates nothing, since records are read while the engine trades. What comes after {@link #MOST}
 * others is left out. Used by one thread at a time.
 */
final class TaskSet {
  /** Each costs some 30 µs at the end of a chunk. */
  static final int MOST = 2_048;

  private static final int PLACES = 2 * MOST;

  private final long[] places = new long[PLACES];
  private final long[] keys = new long[MOST];
  private int count;

  static long key(long process, long thread) {
    return process << Integer.SIZE | thread & 0xffff_ffffL;
  }

  static long process(long key) {
    return key >>> Integer.SIZE;
  }

  static long thread(long key) {
    return key & 0xffff_ffffL;
  }

  void add(long key) {
    int place = (int) ((key * 0x9e37_79b9_7f4a_7c15L) >>> Integer.SIZE) & PLACES - 1;
    while (places[place] != 0) {
      if (places[place] == key) {
        return;
      }
      place = place + 1 & PLACES - 1;
    }
    if (key != 0 && count < MOST) {
      places[place] = key;
      keys[count++] = key;
    }
  }

  int size() {
    return count;
  }

  long get(int index) {
    return keys[index];
  }

  void clear() {
    Arrays.fill(places, 0);
    count = 0;
  }
}
