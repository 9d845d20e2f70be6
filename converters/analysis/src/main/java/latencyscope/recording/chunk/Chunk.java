package latencyscope.recording.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A self-contained part of a recording file, found by its header.
 *
 * <p>Reading chunk by chunk bounds the memory by the largest chunk, and leaves the sound ones
 * readable when one is damaged or the last was cut off.
 *
 * @param position where it begins in the file
 * @param header what it says of itself; its size is within the file
 */
public record Chunk(long position, ChunkHeader header) {
  /** Nothing is to be hidden. */
  public static final long NOWHERE = Long.MAX_VALUE;

  /** As wide as the size of an event can be. */
  private static final int SIZE_BYTES = Integer.BYTES;

  /** Its length in bytes. */
  public long size() {
    return header.size();
  }

  /** When it began, nanoseconds since the epoch. */
  public long startNanos() {
    return header.startNanos();
  }

  /**
   * The bytes of this chunk; closing it closes the file.
   *
   * @param end where events are to end: the size of the one there is made 0, at which the parser
   *     stops, having passed on those before
   */
  public InputStream open(Path file, long end) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      in.skipNBytes(position);
      return new Bounded(in, size(), end);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static final class Bounded extends InputStream {
    private final InputStream in;
    private final long size;
    private final long end;
    private long position;

    Bounded(InputStream in, long size, long end) {
      this.in = in;
      this.size = size;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position == size) {
        return -1;
      }
      int read = in.read(target, offset, (int) Math.min(length, size - position));
      if (read < 0) {
        throw new EOFException("file became shorter while it was read");
      }
      if (end != NOWHERE) {
        hide(target, offset, read);
      }
      position += read;
      return read;
    }

    private void hide(byte[] target, int offset, int read) {
      long from = Math.max(end, position);
      long to = Math.min(end + SIZE_BYTES, position + read);
      for (long at = from; at < to; at++) {
        target[offset + (int) (at - position)] = 0;
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
