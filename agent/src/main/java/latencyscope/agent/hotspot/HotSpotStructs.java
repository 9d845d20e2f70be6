package latencyscope.agent.hotspot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Predicate;
import latencyscope.proc.KernelText;
import latencyscope.proc.MemoryMap;

/**
 * HotSpot's own structures in this JVM, by the offsets that libjvm exports for debuggers ({@code
 * gHotSpotVMStructs}).
 *
 * <p>What they point to may be gone at any moment, so memory is read through {@code
 * /proc/self/mem}, where a stale address is an error and not a crash. Used by one thread at a time.
 */
public final class HotSpotStructs implements AutoCloseable {
  private static final int LONGEST_TEXT = 4_096;

  private final VmStructs table;
  private final FileChannel memory;
  private final ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  /**
   * Finds the table.
   *
   * @throws IOException if this JVM is not HotSpot
   */
  @SuppressWarnings("restricted")
  public HotSpotStructs() throws IOException {
    // The library stays as long as the JVM does.
    table = new VmStructs(SymbolLookup.libraryLookup(libjvm(), Arena.global()));
    memory = FileChannel.open(Path.of("/proc/self/mem"));
  }

  /**
   * Where a member lies in its structure.
   *
   * @throws IOException if the JVM does not describe it
   */
  long offset(Predicate<String> type, String field) throws IOException {
    return table.find(type, field, table.offset);
  }

  /**
   * The address of a static member.
   *
   * @throws IOException if the JVM does not describe it
   */
  long staticAddress(String type, String field) throws IOException {
    return table.find(type::equals, field, table.address);
  }

  /** The 8 bytes at an address; 0 if there is no memory. */
  long readLong(long address) {
    return read(address, Long.BYTES) ? word.getLong(0) : 0;
  }

  /** The 4 bytes at an address; 0 if there is no memory. */
  int readInt(long address) {
    return read(address, Integer.BYTES) ? word.getInt(0) : 0;
  }

  /** The text at an address up to its 0 byte; "" if there is no memory. */
  String readText(long address) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (long at = address; text.size() < LONGEST_TEXT && read(at, 1); at++) {
      byte next = word.get(0);
      if (next == 0) {
        break;
      }
      text.write(next);
    }
    return KernelText.of(text.toByteArray());
  }

  private boolean read(long address, int bytes) {
    if (address <= 0) {
      return false; // no address of user space
    }
    word.clear().limit(bytes);
    try {
      return memory.read(word, address) == bytes;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }

  private static Path libjvm() throws IOException {
    // The path as the kernel has it: bytes, which need not be text in this JVM's locale.
    return MemoryMap.file(Path.of("/proc/self"), "/libjvm.so")
        .orElseThrow(() -> new IOException("this JVM is not HotSpot: it has no libjvm.so"));
  }

  /** The table of structure members that HotSpot exports. */
  @SuppressWarnings("restricted")
  private static final class VmStructs {
    // All at once: each call of this method is a check of native access, see NativeAccess.lend.
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final SymbolLookup libjvm;
    private final long entry;
    private final long stride;
    private final long typeName;
    private final long fieldName;
    private final long offset;
    private final long address;

    VmStructs(SymbolLookup libjvm) throws IOException {
      this.libjvm = libjvm;
      entry = exported("gHotSpotVMStructs");
      stride = exported("gHotSpotVMStructEntryArrayStride");
      typeName = exported("gHotSpotVMStructEntryTypeNameOffset");
      fieldName = exported("gHotSpotVMStructEntryFieldNameOffset");
      offset = exported("gHotSpotVMStructEntryOffsetOffset");
      address = exported("gHotSpotVMStructEntryAddressOffset");
    }

    private long exported(String symbol) throws IOException {
      return libjvm
          .find(symbol)
          .map(variable -> pointer(variable.address()))
          .orElseThrow(() -> new IOException("libjvm.so does not export " + symbol));
    }

    long find(Predicate<String> type, String field, long answer) throws IOException {
      // The table ends with an entry of null names.
      for (long at = entry; pointer(at + typeName) != 0; at += stride) {
        if (field.equals(string(pointer(at + fieldName)))
            && type.test(string(pointer(at + typeName)))) {
          return pointer(at + answer);
        }
      }
      throw new IOException("libjvm.so does not describe " + field);
    }

    private static long pointer(long address) {
      return MEMORY.get(ValueLayout.JAVA_LONG, address);
    }

    private static String string(long address) {
      return MEMORY.getString(address);
    }
  }
}
