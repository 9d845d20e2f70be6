package latencyscope.fleet.export;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import latencyscope.recording.chunk.Chunk;
import latencyscope.recording.chunk.ChunkHeader;
import latencyscope.recording.chunk.ChunkIndex;
import latencyscope.recording.chunk.RecordingException;

/**
 * What identifies a recording, whatever its file is called.
 *
 * @param name name of the file, without its folder
 * @param capture the beginning of its SHA-256, in hexadecimal
 * @param bytes its size
 * @param chunks its chunks, each as {@code NANOS:TICKS}: when its JVM began it, by two clocks
 * @param beganNs when the first of them began, nanoseconds since the epoch
 */
public record RecordingFile(
    String name, String capture, long bytes, List<String> chunks, long beganNs) {
  private static final int ID_DIGITS = 32;
  private static final int BUFFER = 1 << 18;
  private static final long NS_PER_SECOND = 1_000_000_000;

  /** Copies the list. */
  public RecordingFile {
    chunks = List.copyOf(chunks);
  }

  /**
   * Identifies a file.
   *
   * @throws RecordingException if it is no recording
   * @throws IOException if it cannot be read
   */
  public static RecordingFile of(Path file) throws RecordingException, IOException {
    return of(file, ChunkRange.WHOLE);
  }

  /**
   * Identifies a part of a file, as if it were a file of its own by the same name.
   *
   * @throws RecordingException if it is no recording
   * @throws IOException if it cannot be read
   */
  static RecordingFile of(Path file, ChunkRange range) throws RecordingException, IOException {
    List<Chunk> chunks =
        ChunkIndex.of(file).chunks().stream()
            .filter(chunk -> range.holds(chunk.position()))
            .toList();
    long to = Math.min(range.to(), Files.size(file));
    return new RecordingFile(
        file.getFileName().toString(),
        sha256(file, range.from(), to).substring(0, ID_DIGITS),
        to - range.from(),
        chunks.stream().map(chunk -> id(chunk.header())).toList(),
        chunks.get(0).startNanos());
  }

  /** How a chunk is known. */
  static String id(ChunkHeader header) {
    return header.startNanos() + ":" + header.startTicks();
  }

  /** Day on which it began, UTC. */
  public String day() {
    return Instant.ofEpochSecond(Math.floorDiv(beganNs, NS_PER_SECOND))
        .atOffset(ZoneOffset.UTC)
        .toLocalDate()
        .toString();
  }

  private static String sha256(Path file, long from, long to) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      long left = to - from;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(BUFFER, left));
        if (read < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
        digest.update(buffer, 0, read);
        left -= read;
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
