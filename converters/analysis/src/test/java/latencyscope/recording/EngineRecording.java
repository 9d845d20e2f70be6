package latencyscope.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import latencyscope.recording.chunk.ChunkHeader;

/**
 * The bytes of a real recording of all modules, the same on each run, with what it takes to damage
 * them on purpose. src/test/recordings/record.sh made it.
 */
public final class EngineRecording {
  /** Where a chunk's header has its length. */
  public static final int SIZE = 8;

  /** Where a chunk's header has the place of its last table of constants. */
  public static final int CONSTANTS = 16;

  /** Where a chunk's header has the place of its description of event types. */
  public static final int METADATA = 24;

  /** Where a chunk's header says whether it is finished. */
  public static final int STATE = 64;

  /** When its events' clock says that it begins. */
  public static final int START_TICKS = 48;

  private static final int LONGEST_NUMBER = 9;
  private static final int MORE = 0x80;
  private static final byte[] BYTES = unpacked();

  private EngineRecording() {}

  private static byte[] unpacked() {
    try (InputStream in = EngineRecording.class.getResourceAsStream("/recordings/engine.jfr.gz")) {
      return new GZIPInputStream(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy: one whole chunk. */
  public static byte[] bytes() {
    return BYTES.clone();
  }

  /** The same with a number of its header replaced. */
  public static byte[] withLong(int offset, long value) {
    byte[] bytes = bytes();
    ByteBuffer.wrap(bytes).putLong(offset, value);
    return bytes;
  }

  /** The same with a byte replaced. */
  public static byte[] withByte(int offset, int value) {
    byte[] bytes = bytes();
    bytes[offset] = (byte) value;
    return bytes;
  }

  /** Where its events begin. */
  public static List<Integer> events() {
    List<Integer> positions = new ArrayList<>();
    int position = ChunkHeader.BYTES;
    while (position < BYTES.length) {
      positions.add(position);
      position += (int) number(position);
    }
    return positions;
  }

  /**
   * The same with an event of another length.
   *
   * @param position where the event begins
   */
  public static byte[] withEventSize(int position, long size) {
    byte[] bytes = bytes();
    putNumber(bytes, position, size, end(position) - position);
    return bytes;
  }

  /** The same with tables of constants that refer to each other. */
  public static byte[] withConstantsInACircle() {
    byte[] bytes = bytes();
    int last = (int) ByteBuffer.wrap(bytes).getLong(CONSTANTS);
    int delta = deltaOf(last);
    int before = last + (int) number(delta);
    putNumber(bytes, deltaOf(before), last - before, LONGEST_NUMBER);
    return bytes;
  }

  /** The same with a description of event types that declares so many texts. */
  public static byte[] withTexts(long count) {
    byte[] bytes = bytes();
    int start = end(end((int) ByteBuffer.wrap(bytes).getLong(METADATA)));
    int duration = end(start);
    int end = end(end(end(duration)));
    // All from the duration on is made as short as can be, which leaves room for any count.
    int room = Math.min(LONGEST_NUMBER, end - start - 3);
    int texts = end - room;
    putNumber(bytes, start, 0, texts - start - 2);
    putNumber(bytes, texts - 2, 0, 1);
    putNumber(bytes, texts - 1, 0, 1);
    putNumber(bytes, texts, count, room);
    return bytes;
  }

  // Behind size, type, start and duration.
  private static int deltaOf(int constants) {
    int position = constants;
    for (int before = 0; before < 4; before++) {
      position = end(position);
    }
    return position;
  }

  private static int end(int position) {
    int end = position;
    while (end - position < LONGEST_NUMBER - 1 && (BYTES[end] & MORE) != 0) {
      end++;
    }
    return end + 1;
  }

  private static long number(int position) {
    long value = 0;
    int end = end(position);
    for (int i = position; i < end; i++) {
      long bits = i - position == LONGEST_NUMBER - 1 ? BYTES[i] & 0xff : BYTES[i] & 0x7f;
      value |= bits << 7 * (i - position);
    }
    return value;
  }

  /** Writes a number in as many bytes as there are; bits that do not fit are lost. */
  private static void putNumber(byte[] bytes, int position, long value, int length) {
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      long bits = value >>> 7 * i;
      bytes[position + i] = (byte) (last ? bits & (i == 8 ? 0xff : 0x7f) : bits & 0x7f | MORE);
    }
  }
}
