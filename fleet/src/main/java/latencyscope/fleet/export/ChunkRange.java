package latencyscope.fleet.export;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.chunk.ChunkHeader;

/**
 * Chunks of a recording that follow each other: a recording by themselves. A large file is exported
 * in several such ranges. Immutable.
 *
 * @param from first byte in the file
 * @param to byte behind the last one
 * @param chunks its chunks, each as {@code NANOS:TICKS}; none if the file is damaged
 */
public record ChunkRange(long from, long to, List<String> chunks) {
  /** All of a file, however long it is. */
  public static final ChunkRange WHOLE = new ChunkRange(0, Long.MAX_VALUE, List.of());

  /** Reads a file, wherever it is. */
  @FunctionalInterface
  public interface Source {
    /**
     * Fills an array.
     *
     * @throws EOFException if the file ends before
     */
    void readFully(long position, byte[] target) throws IOException;
  }

  /** Copies the list. */
  public ChunkRange {
    chunks = List.copyOf(chunks);
  }

  /**
   * Splits a file between chunks.
   *
   * @param length of the file
   * @param mostBytes of a range; one chunk may be longer. A file that is not longer is one range,
   *     and so is one whose chunks do not follow each other
   */
  public static List<ChunkRange> split(Source file, long length, long mostBytes)
      throws IOException {
    List<ChunkRange> ranges = new ArrayList<>();
    List<String> chunks = new ArrayList<>();
    byte[] bytes = new byte[ChunkHeader.BYTES];
    long from = 0;
    long position = 0;
    while (position < length) {
      ChunkHeader header = null;
      if (length - position >= ChunkHeader.BYTES) {
        file.readFully(position, bytes);
        header = ChunkHeader.at(bytes).orElse(null);
      }
      if (header == null
          || header.size() < ChunkHeader.BYTES
          || header.size() > length - position) {
        return List.of(new ChunkRange(0, length, List.of()));
      }
      if (length > mostBytes && position > from && position + header.size() - from > mostBytes) {
        ranges.add(new ChunkRange(from, position, chunks));
        chunks.clear();
        from = position;
      }
      chunks.add(RecordingFile.id(header));
      position += header.size();
    }
    ranges.add(new ChunkRange(from, length, chunks));
    return List.copyOf(ranges);
  }

  /** The same for a local file. */
  public static List<ChunkRange> split(Path file, long mostBytes) throws IOException {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
      return split(
          (position, target) -> {
            opened.seek(position);
            opened.readFully(target);
          },
          opened.length(),
          mostBytes);
    }
  }

  /** Whether a chunk that begins at a position is in it. */
  boolean holds(long position) {
    return position >= from && position < to;
  }
}
