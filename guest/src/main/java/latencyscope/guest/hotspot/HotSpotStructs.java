package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * HotSpot's own structures in this JVM, by the offsets that libjvm exports for debuggers ({@code
 * gHotSpotVMStructs}).
 *
 * <p>What they point to may be gone at any moment, so memory is read through {@code
 * /proc/self/mem}, where a stale address is an error and not a crash. Used by one thread at a time.
 */
public final class HotSpotStructs implements AutoCloseable {
  private final OwnMemory memory = new OwnMemory();
  private final VmStructs table;

  /**
   * Finds the table.
   *
   * @throws IOException if this JVM is not HotSpot, or its memory cannot be read
   */
  public HotSpotStructs() throws IOException {
    try {
      table = VmStructs.of(memory);
    } catch (IOException e) {
      memory.close();
      throw e;
    }
  }

  /**
   * Where a member lies in its structure.
   *
   * @throws IOException if the JVM does not describe it
   */
  long offset(Predicate<String> type, String field) throws IOException {
    return table.offset(type, field);
  }

  /**
   * The address of a static member.
   *
   * @throws IOException if the JVM does not describe it
   */
  long staticAddress(String type, String field) throws IOException {
    return table.address(type::equals, field);
  }

  /**
   * Bytes that a structure takes.
   *
   * @throws IOException if the JVM does not describe it
   */
  long size(String type) throws IOException {
    return table.size(type);
  }

  /** Fills a buffer, from its begin to its limit, from an address; false if there is no memory. */
  boolean readBytes(long address, ByteBuffer into) {
    return memory.read(address, into.position(0));
  }

  /** The byte at an address, unsigned; -1 if there is no memory. */
  int readByte(long address) {
    return memory.readByte(address);
  }

  /** The 8 bytes at an address; 0 if there is no memory. */
  long readLong(long address) {
    return memory.readLong(address);
  }

  /** The 4 bytes at an address; 0 if there is no memory. */
  int readInt(long address) {
    return memory.readInt(address);
  }

  /** The text at an address up to its 0 byte; "" if there is no memory. */
  String readText(long address) {
    return memory.readText(address);
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
