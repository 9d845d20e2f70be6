package latencyscope.agent.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32;
import latencyscope.proc.ProcessFiles;

/**
 * Checksum of a process's {@code /proc/PID/maps}: as long as it is the same, memory is mapped as it
 * was. Once the file is open, taking it allocates nothing: it is asked beside an engine. Used by
 * one thread at a time.
 */
final class MapChecksum implements AutoCloseable {
  /** A process that has ended, or cannot be read. */
  static final long GONE = -1;

  private static final int PIECE = 64 << 10;

  private final Path process;
  private final ByteBuffer text = ByteBuffer.allocateDirect(PIECE);
  private final CRC32 sum = new CRC32();

  /** Null until it is asked for the first time, and where that failed. */
  private FileChannel file;

  /**
   * Creates it without opening the file.
   *
   * @param process its folder in {@code /proc}
   */
  MapChecksum(Path process) {
    this.process = process;
  }

  /** The checksum now, not negative; {@link #GONE} if there is no map. */
  long take() {
    sum.reset();
    long length = 0;
    try {
      if (file == null) {
        file = FileChannel.open(new ProcessFiles(process).folder().resolve("maps"));
      }
      for (int read = 0; read >= 0; read = file.read(text, length)) {
        length += read;
        sum.update(text.flip());
        text.clear();
      }
    } catch (IOException ended) {
      return GONE;
    }
    return length == 0 ? GONE : sum.getValue();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
