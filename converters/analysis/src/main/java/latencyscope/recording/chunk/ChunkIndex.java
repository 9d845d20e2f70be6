package latencyscope.recording.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import latencyscope.recording.chunk.RecordingException.Problem;

/**
 * The chunks of a recording file, found by their headers: no byte is believed that the file does
 * not have.
 *
 * @param chunks those that are whole, in the order of the file
 * @param strayBytes bytes that belong to none of them
 * @param cut whether the file ends before its last chunk does
 */
public record ChunkIndex(List<Chunk> chunks, long strayBytes, boolean cut) {
  private static final String AGAIN = " Copy it again, or dump it again: jcmd PID JFR.dump.";

  private static final int WINDOW = 1 << 16;

  /**
   * Finds the chunks of a file. After a damaged one, the next is looked for.
   *
   * @throws RecordingException if there is none, with a sentence why
   */
  public static ChunkIndex of(Path file) throws RecordingException {
    if (Files.isDirectory(file)) {
      throw new RecordingException(
          Problem.UNREADABLE, file, "is a directory, not a recording: name a .jfr file in it.");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new RecordingException(
          Problem.UNREADABLE,
          file,
          "is not a regular file: a recording is read more than once, so write it to one first.");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return of(file, channel);
    } catch (NoSuchFileException e) {
      throw new RecordingException(Problem.UNREADABLE, file, "does not exist.", e);
    } catch (IOException e) {
      throw new RecordingException(Problem.UNREADABLE, file, unreadable(file), e);
    }
  }

  private static String unreadable(Path file) {
    if (Files.isReadable(file)) {
      return "cannot be read: the disk or file system reports an error.";
    }
    try {
      return "cannot be read: permission denied; its owner is " + Files.getOwner(file) + ".";
    } catch (IOException e) {
      return "cannot be read: permission denied.";
    }
  }

  private static ChunkIndex of(Path file, FileChannel channel)
      throws IOException, RecordingException {
    long length = channel.size();
    if (length == 0) {
      throw new RecordingException(
          Problem.EMPTY,
          file,
          "is empty: a JVM fills it when the recording ends; until then: jcmd PID JFR.dump"
              + " filename=NAME.");
    }
    List<Chunk> chunks = new ArrayList<>();
    long stray = 0;
    boolean cut = false;
    boolean expected = true;
    long position = 0;
    while (position < length) {
      ChunkHeader header = header(channel, position);
      if (isWhole(channel, position, header)
          && (expected || ChunkCheck.describesTypes(channel, new Chunk(position, header)))) {
        chunks.add(new Chunk(position, header));
        position += header.size();
        cut = false;
        expected = true;
        continue;
      }
      cut = expected ? header != null && header.size() > 0 : cut;
      // From here on, a magic number may be a chunk's or not: the JVM copies headers into chunks.
      expected = false;
      long next = nextMagic(channel, position + 1);
      stray += next - position;
      position = next;
    }
    if (chunks.isEmpty()) {
      throw noChunk(file, channel);
    }
    return new ChunkIndex(List.copyOf(chunks), stray, cut);
  }

  private static boolean isWhole(FileChannel channel, long position, ChunkHeader header)
      throws IOException {
    return header != null && header.isKnown() && fits(header, channel.size() - position);
  }

  private static boolean fits(ChunkHeader header, long left) {
    return header.size() >= ChunkHeader.BYTES && header.size() <= left;
  }

  private static ChunkHeader header(FileChannel channel, long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ChunkHeader.BYTES);
    read(channel, bytes, position);
    return bytes.hasRemaining() || bytes.getInt(0) != ChunkHeader.MAGIC
        ? null
        : ChunkHeader.of(bytes);
  }

  private static void read(FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    long at = position;
    for (int read = 0; target.hasRemaining() && read >= 0; at += read) {
      read = channel.read(target, at);
    }
  }

  /** Where a chunk may begin next; the file's length if nowhere. */
  private static long nextMagic(FileChannel channel, long from) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW);
    for (long base = from; base < channel.size(); base += WINDOW - Integer.BYTES + 1) {
      window.clear();
      read(channel, window, base);
      for (int i = 0; i + Integer.BYTES <= window.position(); i++) {
        if (window.getInt(i) == ChunkHeader.MAGIC) {
          return base + i;
        }
      }
    }
    return channel.size();
  }

  private static RecordingException noChunk(Path file, FileChannel channel) throws IOException {
    ByteBuffer begin = ByteBuffer.allocate(ChunkHeader.BYTES);
    read(channel, begin, 0);
    int read = begin.position();
    if (read < Integer.BYTES || begin.getInt(0) != ChunkHeader.MAGIC) {
      return new RecordingException(
          Problem.NOT_A_RECORDING,
          file,
          "is not a flight recording: " + FileKind.of(begin.array(), read));
    }
    if (read < ChunkHeader.BYTES) {
      return new RecordingException(
          Problem.TRUNCATED, file, "was cut off within its first " + ChunkHeader.BYTES + " bytes.");
    }
    ChunkHeader header = ChunkHeader.of(begin);
    return header.isKnown() ? notWhole(file, channel.size(), header) : unknown(file, header);
  }

  private static RecordingException notWhole(Path file, long length, ChunkHeader header) {
    if (header.size() < ChunkHeader.BYTES) {
      return new RecordingException(
          Problem.DAMAGED,
          file,
          String.format(
              Locale.ROOT,
              "is damaged: its first chunk claims to be %,d bytes long.%s",
              header.size(),
              AGAIN));
    }
    return new RecordingException(
        Problem.TRUNCATED,
        file,
        String.format(
            Locale.ROOT,
            "was cut off before the end of its first chunk, which is %,d bytes long; the file has"
                + " %,d.%s",
            header.size(),
            length,
            AGAIN));
  }

  private static RecordingException unknown(Path file, ChunkHeader header) {
    String version = "has version " + header.major() + "." + header.minor() + " of the format: ";
    return new RecordingException(
        Problem.VERSION,
        file,
        header.major() == 0
            ? version + "JDK 8 and older wrote it, which cannot hold LatencyScope's events."
            : version
                + "this program reads 1.x and 2.x. A newer LatencyScope may read it, or it is"
                + " damaged.");
  }
}
