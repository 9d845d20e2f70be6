package latencyscope.guest.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts that cross once and then by their number, on the side that writes them. Names of tasks,
 * kinds and reasons come again and again; what is long does not. Used by one thread at a time.
 *
 * <p>A text is an int: {@link #NONE}, the number of one that is known, {@link #ONCE}, or {@link
 * #NEW}, which gives it the next number; behind the last two its length in bytes and its UTF-8.
 */
final class TextTable {
  /** Null. */
  static final int NONE = 0;

  /** A text that is not to be kept. */
  static final int ONCE = -1;

  /** A text that has the next number from now on. */
  static final int NEW = -2;

  /** Numbers from 1 on: the reader keeps as many, and no more. */
  static final int MOST = 8_192;

  /** Longer texts are not kept, characters. */
  static final int LONGEST_KEPT = 128;

  /** Longer texts are cut, bytes: no distribution is as long. */
  static final int LONGEST = 128 << 10;

  private final Map<String, Integer> numbers = new HashMap<>();

  /** Those that the event has brought that is being written. */
  private final List<String> fresh = new ArrayList<>();

  void write(String text, ByteBuffer out) {
    if (text == null) {
      out.putInt(NONE);
      return;
    }
    Integer known = numbers.get(text);
    if (known != null) {
      out.putInt(known);
      return;
    }
    if (text.length() <= LONGEST_KEPT && numbers.size() < MOST) {
      numbers.put(text, numbers.size() + 1);
      fresh.add(text);
      out.putInt(NEW);
    } else {
      out.putInt(ONCE);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, LONGEST);
    out.putInt(length).put(bytes, 0, length);
  }

  /** The event has gone: its texts are known there. */
  void keep() {
    fresh.clear();
  }

  /** The event has not gone: its texts are not known there. */
  void forget() {
    fresh.forEach(numbers::remove);
    fresh.clear();
  }
}
