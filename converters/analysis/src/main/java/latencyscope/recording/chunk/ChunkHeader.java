package latencyscope.recording.chunk;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the first bytes of a chunk say of it. All positions count from the chunk's begin.
 *
 * @param major of the format's version: 0 before JDK 9, 2 from JDK 11 on
 * @param minor of the format's version
 * @param size length of the chunk in bytes
 * @param constants where its last table of constants is
 * @param metadata where its description of event types is
 * @param startNanos when it began, nanoseconds since the epoch
 * @param startTicks when it began, on the clock of its events
 * @param ticksPerSecond of that clock
 * @param state 0 if it is finished; otherwise its JVM was writing it when this was read
 * @param compressed whether numbers take as many bytes as they need
 */
public record ChunkHeader(
    int major,
    int minor,
    long size,
    long constants,
    long metadata,
    long startNanos,
    long startTicks,
    long ticksPerSecond,
    int state,
    boolean compressed) {
  public static final int BYTES = 68;
  static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;

  /** The newest major version that the parser knows. */
  static final int NEWEST = 2;

  private static final int VERSION = 4;
  private static final int SIZE = 8;
  private static final int CONSTANTS = 16;
  static final int METADATA = 24;
  private static final int START = 32;
  private static final int START_TICKS = 48;
  private static final int TICKS_PER_SECOND = 56;
  private static final int STATE = 64;
  private static final int FLAGS = 67;
  private static final int COMPRESSED = 1;

  /** The header in the first bytes of a chunk; empty if no parser here knows it. */
  public static Optional<ChunkHeader> at(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return buffer.getInt(0) == MAGIC
        ? Optional.of(of(buffer)).filter(ChunkHeader::isKnown)
        : Optional.empty();
  }

  /** Takes a header that begins with the magic number. */
  static ChunkHeader of(ByteBuffer bytes) {
    return new ChunkHeader(
        bytes.getShort(VERSION),
        bytes.getShort(VERSION + Short.BYTES),
        bytes.getLong(SIZE),
        bytes.getLong(CONSTANTS),
        bytes.getLong(METADATA),
        bytes.getLong(START),
        bytes.getLong(START_TICKS),
        bytes.getLong(TICKS_PER_SECOND),
        bytes.get(STATE) & 0xff,
        (bytes.get(FLAGS) & COMPRESSED) != 0);
  }

  /** Whether a parser exists for it here. */
  boolean isKnown() {
    return major > 0 && major <= NEWEST;
  }

  /** Whether its JVM had not finished it. */
  public boolean isUnfinished() {
    return state != 0;
  }
}
