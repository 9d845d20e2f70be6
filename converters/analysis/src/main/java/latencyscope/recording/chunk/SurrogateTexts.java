package latencyscope.recording.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts with characters beyond 16 bits, such as emoji, as the JVM writes them to its pools: in its
 * modified UTF-8, where each half of such a character is encoded for itself. Readers of recordings,
 * the JDK's own, too, take that for UTF-8 and decode each half as U+FFFD. Here, such a text is
 * looked up in the bytes of its chunk, which are read for the first that is asked for.
 *
 * <p>Used by one thread.
 */
public final class SurrogateTexts {
  /** Knows no bytes, and gives every text back. */
  public static final SurrogateTexts UNKNOWN = new SurrogateTexts(null, null);

  private static final char BROKEN = '\uFFFD';
  private static final int UTF8 = 3;
  private static final int HALF_BYTES = 3;
  private static final int PAIR_BYTES = 2 * HALF_BYTES;

  /** Longer texts than this are left as they are. */
  private static final int AROUND = 1 << 10;

  private static final int WINDOW = 1 << 16;
  private static final int MOST_PLACES = 10_000;

  private final Path file;
  private final Chunk chunk;
  private final Map<String, String> known = new HashMap<>();
  private List<byte[]> places;

  public SurrogateTexts(Path file, Chunk chunk) {
    this.file = file;
    this.chunk = chunk;
  }

  /** The text that was written; the same if it is not broken, or is not found. */
  public String repaired(String text) {
    return file == null || text.indexOf(BROKEN) < 0
        ? text
        : known.computeIfAbsent(text, this::found);
  }

  private String found(String text) {
    if (places == null) {
      places = places();
    }
    for (byte[] place : places) {
      String written = match(text, place);
      if (written != null) {
        return written;
      }
    }
    return text;
  }

  /** The bytes around the first pair of halves of each text, {@link #AROUND} of them before it. */
  private List<byte[]> places() {
    List<byte[]> found = new ArrayList<>();
    ByteBuffer window = ByteBuffer.allocate(WINDOW);
    try (FileChannel channel = FileChannel.open(file)) {
      long end = chunk.position() + chunk.size();
      for (long base = chunk.position(); base < end; base += WINDOW - 2 * AROUND) {
        window.clear().limit((int) Math.min(WINDOW, end - base));
        int read = channel.read(window, base);
        int from = base == chunk.position() ? 0 : AROUND;
        int to = Math.min(read - PAIR_BYTES + 1, WINDOW - AROUND);
        for (int at = from; at < to && found.size() < MOST_PLACES; at++) {
          if (isPair(window.array(), at)) {
            found.add(around(window.array(), at));
            at += PAIR_BYTES - 1;
          }
        }
      }
    } catch (IOException e) {
      return List.of(); // the parser will say so
    }
    return found;
  }

  private static byte[] around(byte[] bytes, int at) {
    byte[] around = new byte[2 * AROUND];
    int from = Math.max(0, at - AROUND);
    int to = Math.min(bytes.length, at + AROUND);
    System.arraycopy(bytes, from, around, AROUND - (at - from), to - from);
    return around;
  }

  private static boolean isPair(byte[] bytes, int at) {
    return bytes[at] == (byte) 0xED
        && (bytes[at + 1] & 0xF0) == 0xA0
        && bytes[at + HALF_BYTES] == (byte) 0xED
        && (bytes[at + HALF_BYTES + 1] & 0xF0) == 0xB0;
  }

  /** What is written at a place, if a reader decodes that as the text; else null. */
  private static String match(String text, byte[] place) {
    int first = text.indexOf(BROKEN);
    byte[] before = text.substring(0, first).getBytes(StandardCharsets.UTF_8);
    int begin = AROUND - before.length;
    if (begin < 2 || !Arrays.equals(place, begin, AROUND, before, 0, before.length)) {
      return null;
    }
    StringBuilder written = new StringBuilder(text.substring(0, first));
    int at = AROUND;
    for (int i = first; i < text.length(); ) {
      boolean broken = text.charAt(i) == BROKEN;
      byte[] plain = broken ? null : character(text, i);
      if (at + PAIR_BYTES > place.length
          || broken && !isPair(place, at)
          || !broken && !Arrays.equals(place, at, at + plain.length, plain, 0, plain.length)) {
        return null;
      }
      if (broken) {
        written.append(half(place, at)).append(half(place, at + HALF_BYTES));
      } else {
        written.appendCodePoint(text.codePointAt(i));
      }
      at += broken ? PAIR_BYTES : plain.length;
      i += broken ? 2 : Character.charCount(text.codePointAt(i));
    }
    return hasLength(place, begin, at - begin) ? written.toString() : null;
  }

  private static byte[] character(String text, int at) {
    return Character.toString(text.codePointAt(at)).getBytes(StandardCharsets.UTF_8);
  }

  private static char half(byte[] bytes, int at) {
    return (char) (0xD000 | (bytes[at + 1] & 0x3F) << 6 | bytes[at + 2] & 0x3F);
  }

  // Otherwise it is a part of a longer text. The length is written seven bits to a byte.
  private static boolean hasLength(byte[] place, int begin, int length) {
    return length < 0x80
        ? place[begin - 1] == length && place[begin - 2] == UTF8
        : begin > 2
            && place[begin - 1] == length >> 7
            && place[begin - 2] == (byte) (length & 0x7F | 0x80)
            && place[begin - 3] == UTF8;
  }
}
