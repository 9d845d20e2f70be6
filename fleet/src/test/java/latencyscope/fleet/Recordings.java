package latencyscope.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/** Real recordings, as files, also as if they had been made on another day. */
public final class Recordings {
  private static final int SIZE = 8;
  private static final int START = 32;

  private Recordings() {}

  /** A recording of an engine whose threads contend for locks. */
  public static byte[] contended() throws IOException {
    try (InputStream in = Recordings.class.getResourceAsStream("/recordings/contended.jfr.gz");
        GZIPInputStream plain = new GZIPInputStream(in)) {
      return plain.readAllBytes();
    }
  }

  /** The same, begun later: times in a chunk are relative to its header's. */
  public static byte[] later(byte[] recording, int days) {
    byte[] copy = recording.clone();
    ByteBuffer buffer = ByteBuffer.wrap(copy);
    for (int at = 0; at < copy.length; at += (int) buffer.getLong(at + SIZE)) {
      buffer.putLong(at + START, buffer.getLong(at + START) + TimeUnit.DAYS.toNanos(days));
    }
    return copy;
  }

  /** Several recordings in one file, as a longer dump of the same JVM has them. */
  public static Path write(Path file, byte[]... parts) throws IOException {
    Files.write(file, new byte[0]);
    for (byte[] part : parts) {
      Files.write(file, part, java.nio.file.StandardOpenOption.APPEND);
    }
    return file;
  }
}
