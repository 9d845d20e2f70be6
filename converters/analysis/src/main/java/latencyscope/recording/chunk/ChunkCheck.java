package latencyscope.recording.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Checks what the parser takes for granted. It asks for memory by lengths that the file declares,
 * and goes where sizes and offsets lead it: round in a circle, if they do.
 */
public final class ChunkCheck {
  private static final long METADATA_TYPE = 0;
  private static final long CONSTANTS_TYPE = 1;

  private final ChunkBytes bytes;
  private final Chunk chunk;

  private ChunkCheck(FileChannel channel, Chunk chunk) {
    this.bytes = new ChunkBytes(channel, chunk);
    this.chunk = chunk;
  }

  /**
   * What is wrong with a chunk.
   *
   * @param what clause that says it
   * @param soundBefore the events up to this position in the chunk can be read; none if it is 0
   */
  public record Defect(String what, long soundBefore) {
    private Defect(String what) {
      this(what, 0);
    }
  }

  /**
   * Checks a chunk.
   *
   * @return null if the parser can have it
   */
  public static Defect of(Path file, Chunk chunk) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new ChunkCheck(channel, chunk).defect();
    }
  }

  /** Whether there is a description of event types where a chunk says so. */
  static boolean describesTypes(FileChannel channel, Chunk chunk) throws IOException {
    return new ChunkCheck(channel, chunk).metadata() == null;
  }

  private Defect defect() throws IOException {
    Defect metadata = metadata();
    if (metadata != null) {
      return metadata;
    }
    Defect constants = constants();
    return constants != null ? constants : events();
  }

  private boolean holds(long position) {
    return position >= ChunkHeader.BYTES && position < chunk.size();
  }

  private Defect metadata() throws IOException {
    Defect none =
        new Defect(
            String.format(
                Locale.ROOT,
                "there is no description of its event types at byte %,d",
                chunk.position() + chunk.header().metadata()));
    if (!holds(chunk.header().metadata())) {
      return none;
    }
    try {
      bytes.seek(chunk.header().metadata());
      int size = bytes.readInt();
      if (bytes.readLong() != METADATA_TYPE) {
        return none;
      }
      bytes.readLong(); // start
      bytes.readLong(); // duration
      bytes.readLong(); // number of the description
      int texts = bytes.readInt();
      return size > 0 && texts > 0 && texts <= size ? null : none;
    } catch (EOFException e) {
      return none;
    }
  }

  // Each table says how far it is to the one before.
  private Defect constants() throws IOException {
    Set<Long> seen = new HashSet<>();
    long position = 0;
    long delta = chunk.header().constants();
    while (delta != 0) {
      position += delta;
      if (!holds(position) || !seen.add(position)) {
        return noConstants(position);
      }
      try {
        delta = previous(position);
      } catch (EOFException e) {
        return noConstants(position);
      }
    }
    return null;
  }

  private long previous(long position) throws IOException {
    bytes.seek(position);
    // The parser reads a size, too, and does not look at it.
    bytes.readInt();
    if (bytes.readLong() != CONSTANTS_TYPE) {
      throw new EOFException("another event");
    }
    bytes.readLong(); // start
    bytes.readLong(); // duration
    return bytes.readLong();
  }

  private Defect noConstants(long position) {
    return new Defect(
        String.format(
            Locale.ROOT,
            "there is no table of constants at byte %,d",
            chunk.position() + position));
  }

  private Defect events() throws IOException {
    long position = ChunkHeader.BYTES;
    while (position < chunk.size()) {
      int size;
      try {
        bytes.seek(position);
        size = bytes.readInt();
      } catch (EOFException e) {
        size = 0;
      }
      if (size <= 0 || size > chunk.size() - position) {
        return new Defect(
            String.format(
                Locale.ROOT,
                "the event at byte %,d claims to be %,d bytes long",
                chunk.position() + position,
                size),
            position);
      }
      position += size;
    }
    return null;
  }
}
