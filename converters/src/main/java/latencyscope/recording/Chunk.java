package latencyscope.recording;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.RecordingException.Problem;

/**
 * A self-contained part of a recording file, found by its header.
 *
 * <p>Reading chunk by chunk bounds the memory by the largest chunk, and leaves the sound ones
 * readable when one is damaged or the last was cut off.
 *
 * @param position where it begins in the file
 * @param size its length in bytes
 * @param startNanos when it began, nanoseconds since the epoch
 */
record Chunk(long position, long size, long startNanos) {
  private static final int HEADER_BYTES = 68;
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int SIZE_OFFSET = 8;
  private static final int START_OFFSET = 32;

  /**
   * The chunks of a file.
   *
   * @param chunks those that are whole
   * @param trailingBytes bytes after the last whole chunk that belong to none
   */
  record Index(List<Chunk> chunks, long trailingBytes) {}

  /** Finds the chunks of a file. */
  static Index index(Path file) throws RecordingException {
    try (FileChannel channel = FileChannel.open(file)) {
      return index(file, channel);
    } catch (NoSuchFileException e) {
      throw new RecordingException(Problem.UNREADABLE, file, "does not exist.", e);
    } catch (IOException e) {
      String why = Files.isDirectory(file) ? "is a directory, not a recording." : unreadable(file);
      throw new RecordingException(Problem.UNREADABLE, file, why, e);
    }
  }

  private static String unreadable(Path file) {
    return Files.isReadable(file)
        ? "cannot be read: the disk or file system reports an error."
        : "cannot be read: permission denied.";
  }

  private static Index index(Path file, FileChannel channel)
      throws IOException, RecordingException {
    if (channel.size() == 0) {
      throw new RecordingException(Problem.EMPTY, file, "is empty.");
    }
    List<Chunk> chunks = new ArrayList<>();
    long position = 0;
    while (position + HEADER_BYTES <= channel.size()) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      channel.read(header, position);
      long size = header.getLong(SIZE_OFFSET);
      if (header.getInt(0) != MAGIC || size < HEADER_BYTES || size > channel.size() - position) {
        break;
      }
      chunks.add(new Chunk(position, size, header.getLong(START_OFFSET)));
      position += size;
    }
    if (chunks.isEmpty()) {
      throw noChunk(file, channel);
    }
    return new Index(chunks, channel.size() - position);
  }

  private static RecordingException noChunk(Path file, FileChannel channel) throws IOException {
    ByteBuffer magic = ByteBuffer.allocate(Integer.BYTES);
    channel.read(magic, 0);
    if (magic.getInt(0) != MAGIC) {
      return new RecordingException(
          Problem.NOT_A_RECORDING, file, "is not a flight recording: it does not begin with FLR.");
    }
    return new RecordingException(
        Problem.TRUNCATED, file, "was cut off before the end of its first chunk: nothing is left.");
  }

  /** The bytes of this chunk; closing it closes the file. */
  InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      in.skipNBytes(position);
      return new Bounded(in, size);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long size) {
      this.in = in;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(target, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("file became shorter while it was read");
      }
      left -= read;
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
