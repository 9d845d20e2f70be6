package latencyscope.recording.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Numbers of a chunk, as the parser reads them. Reads the file in windows, so that memory does not
 * depend on the chunk's size. Used by one thread.
 */
final class ChunkBytes {
  private static final int WINDOW = 1 << 16;
  private static final int LONGEST_NUMBER = 9;

  private final FileChannel channel;
  private final Chunk chunk;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
  private long base;
  private long position;

  ChunkBytes(FileChannel channel, Chunk chunk) {
    this.channel = channel;
    this.chunk = chunk;
  }

  /** Goes to a position in the chunk. */
  void seek(long position) {
    this.position = position;
  }

  /** Where the next number is read. */
  long position() {
    return position;
  }

  /** Reads an int of the parser's: what does not fit into 32 bits is cut off, as there. */
  int readInt() throws IOException {
    fill();
    if (chunk.header().compressed()) {
      return (int) compressed();
    }
    int value = window.getInt(at(Integer.BYTES));
    position += Integer.BYTES;
    return value;
  }

  /** Reads a long. */
  long readLong() throws IOException {
    fill();
    if (chunk.header().compressed()) {
      return compressed();
    }
    long value = window.getLong(at(Long.BYTES));
    position += Long.BYTES;
    return value;
  }

  /** Reads a single byte. */
  byte readByte() throws IOException {
    fill();
    byte value = window.get(at(1));
    position++;
    return value;
  }

  /** Passes a truth value. */
  void skipBoolean() {
    position++;
  }

  // Seven bits to a byte, the highest says that there are more; the ninth has eight.
  private long compressed() throws EOFException {
    long value = 0;
    for (int i = 0; i < LONGEST_NUMBER - 1; i++) {
      byte next = window.get(at(1));
      position++;
      value += (next & 0x7fL) << 7 * i;
      if (next >= 0) {
        return value;
      }
    }
    value += (window.get(at(1)) & 0xffL) << 56;
    position++;
    return value;
  }

  private int at(int bytes) throws EOFException {
    if (position + bytes > chunk.size()) {
      throw new EOFException("a number beyond the end of the chunk");
    }
    return (int) (position - base);
  }

  /** Has the longest number that could be next in the window. */
  private void fill() throws IOException {
    if (position < 0 || position >= chunk.size()) {
      throw new EOFException("a position outside of the chunk");
    }
    long needed = Math.min(position + LONGEST_NUMBER, chunk.size());
    if (position >= base && needed <= base + window.limit()) {
      return;
    }
    base = position;
    window.clear().limit((int) Math.min(WINDOW, chunk.size() - base));
    while (window.hasRemaining()) {
      if (channel.read(window, chunk.position() + base + window.position()) < 0) {
        throw new EOFException("file became shorter while it was read");
      }
    }
    window.flip();
  }
}
