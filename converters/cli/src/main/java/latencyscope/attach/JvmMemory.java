package latencyscope.attach;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory of another process, read through {@code /proc/PID/mem}: an address that is not there
 * is an error, and the process does not notice. Used by one thread.
 */
final class JvmMemory implements AutoCloseable {
  private static final int PAGE = 4_096;

  /** No name that is looked for is longer. */
  private static final int LONGEST_TEXT = 256;

  /** Bounds what a damaged structure can make us read: 64 MiB. */
  private static final int MOST_PAGES = 16_384;

  private final FileChannel memory;
  private final Map<Long, ByteBuffer> pages = new HashMap<>();

  /**
   * Opens it.
   *
   * @param process its folder in {@code /proc}
   * @throws IOException if this process may not read it
   */
  JvmMemory(Path process) throws IOException {
    memory = FileChannel.open(process.resolve("mem"));
  }

  long readLong(long address) throws IOException {
    return (address & PAGE - 1) <= PAGE - Long.BYTES
        ? page(address).getLong((int) (address & PAGE - 1))
        : readInt(address) & 0xffff_ffffL | (long) readInt(address + Integer.BYTES) << 32;
  }

  int readInt(long address) throws IOException {
    return readShort(address) & 0xffff | readShort(address + Short.BYTES) << 16;
  }

  int readShort(long address) throws IOException {
    return readByte(address) & 0xff | readByte(address + 1) << 8;
  }

  byte readByte(long address) throws IOException {
    return page(address).get((int) (address & PAGE - 1));
  }

  /** The text at an address, up to its 0 byte; cut where no name is that long. */
  String readText(long address) throws IOException {
    StringBuilder text = new StringBuilder();
    long at = address;
    while (text.length() < LONGEST_TEXT) {
      // Page by page: thousands of names are read.
      byte[] page = page(at).array();
      int begin = (int) (at & PAGE - 1);
      int end = begin;
      while (end < PAGE && page[end] != 0) {
        end++;
      }
      text.append(new String(page, begin, end - begin, StandardCharsets.ISO_8859_1));
      if (end < PAGE) {
        break;
      }
      at += end - begin;
    }
    return text.toString();
  }

  private ByteBuffer page(long address) throws IOException {
    Long number = address / PAGE;
    ByteBuffer page = pages.get(number);
    if (page == null) {
      if (address <= 0 || pages.size() == MOST_PAGES) {
        throw new EOFException("no address of its memory: " + Long.toHexString(address));
      }
      page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
      if (memory.read(page, number * PAGE) != PAGE) {
        throw new EOFException("no memory at " + Long.toHexString(address));
      }
      pages.put(number, page);
    }
    return page;
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
