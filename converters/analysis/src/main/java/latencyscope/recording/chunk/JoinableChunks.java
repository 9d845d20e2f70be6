package latencyscope.recording.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes a recording of another JVM fit to stand in one file with one of ours.
 *
 * <p>The JDK's own reader takes the event types of a chunk to be those of the chunk before if both
 * descriptions have the same number. Each JVM counts them from 0 or 1 on, so that those of two JVMs
 * mostly have. Here, numbers become ones that a JVM reaches only after many changes of its types.
 */
public final class JoinableChunks {
  private static final int FIELDS_BEFORE_ID = 4; // size, type, start and duration of the event
  private static final int LONGEST_NUMBER = 9;
  private static final int MORE = 0x80;
  private static final int OTHERS = 0x40;

  private JoinableChunks() {}

  /**
   * Changes a file in place.
   *
   * @throws IOException if it cannot be written
   * @throws RecordingException if it is no recording
   */
  public static void mark(Path file) throws IOException, RecordingException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (Chunk chunk : ChunkIndex.of(file).chunks()) {
        mark(channel, chunk);
      }
    }
  }

  private static void mark(FileChannel channel, Chunk chunk) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES);
    channel.read(header, chunk.position() + ChunkHeader.METADATA);
    long metadata = chunk.position() + header.getLong(0);
    ByteBuffer event = ByteBuffer.allocate((FIELDS_BEFORE_ID + 1) * LONGEST_NUMBER);
    channel.read(event, metadata);
    event.flip();
    for (int i = 0; i < FIELDS_BEFORE_ID; i++) {
      skipNumber(event);
    }
    byte id = event.hasRemaining() ? event.get(event.position()) : (byte) MORE;
    // A number of several bytes is far from any that we begin with.
    if ((id & MORE) == 0) {
      ByteBuffer other = ByteBuffer.wrap(new byte[] {(byte) (id | OTHERS)});
      channel.write(other, metadata + event.position());
    }
  }

  // Seven bits to a byte, the highest says that there are more; the ninth has eight.
  private static void skipNumber(ByteBuffer event) {
    for (int i = 0; i < LONGEST_NUMBER && event.hasRemaining(); i++) {
      if ((event.get() & MORE) == 0) {
        return;
      }
    }
  }
}
