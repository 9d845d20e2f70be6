package latencyscope.guest.hotspot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import latencyscope.proc.KernelText;

/**
 * This process's memory, read through {@code /proc/self/mem}: there an address without memory is an
 * error and not a crash. Used by one thread at a time.
 */
final class OwnMemory implements AutoCloseable {
  private static final int LONGEST_TEXT = 4_096;

  private final FileChannel memory;
  private final ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  /**
   * Opens it.
   *
   * @throws IOException if the kernel refuses, as it does in a process that must not be dumped
   */
  OwnMemory() throws IOException {
    memory = FileChannel.open(Path.of("/proc/self/mem"));
  }

  /** The 8 bytes at an address; 0 if there is no memory. */
  long readLong(long address) {
    return read(address, word.clear()) ? word.getLong(0) : 0;
  }

  /** The 4 bytes at an address; 0 if there is no memory. */
  int readInt(long address) {
    return read(address, word.clear().limit(Integer.BYTES)) ? word.getInt(0) : 0;
  }

  /** The 2 bytes at an address, unsigned; 0 if there is no memory. */
  int readShort(long address) {
    boolean there = read(address, word.clear().limit(Short.BYTES));
    return there ? Short.toUnsignedInt(word.getShort(0)) : 0;
  }

  /** The byte at an address, unsigned; -1 if there is no memory. */
  int readByte(long address) {
    return read(address, word.clear().limit(1)) ? Byte.toUnsignedInt(word.get(0)) : -1;
  }

  /** The text at an address up to its 0 byte; "" if there is no memory. */
  String readText(long address) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (long at = address; text.size() < LONGEST_TEXT && read(at, word.clear().limit(1)); at++) {
      byte next = word.get(0);
      if (next == 0) {
        break;
      }
      text.write(next);
    }
    return KernelText.of(text.toByteArray());
  }

  /** Fills a buffer from an address; says whether all of it is memory. */
  boolean read(long address, ByteBuffer into) {
    if (address <= 0) {
      return false; // no address of user space
    }
    int wanted = into.remaining();
    try {
      return memory.read(into, address) == wanted;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
