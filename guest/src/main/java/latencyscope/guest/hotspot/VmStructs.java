package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The table of structure members that HotSpot exports for debuggers ({@code gHotSpotVMStructs}). It
 * does not change while the JVM runs, so it is read once. Immutable.
 */
final class VmStructs {
  /** Some 2,500 in JDK 25. */
  private static final int MOST_ENTRIES = 100_000;

  private static VmStructs read;

  private final Map<String, List<Member>> byField = new HashMap<>();
  private final Map<String, Long> sizes = new HashMap<>();

  /**
   * A member of a structure.
   *
   * @param offset in the structure, of one that is not static
   * @param address of one that is
   */
  private record Member(String type, long offset, long address) {}

  private VmStructs(OwnMemory memory) throws IOException {
    LoadedLibrary libjvm = new LoadedLibrary(memory, "libjvm.so");
    Names names = new Names(memory);
    long stride = value(memory, libjvm, "gHotSpotVMStructEntryArrayStride");
    int typeName = offset(memory, libjvm, "gHotSpotVMStructEntryTypeNameOffset", stride);
    int fieldName = offset(memory, libjvm, "gHotSpotVMStructEntryFieldNameOffset", stride);
    int offset = offset(memory, libjvm, "gHotSpotVMStructEntryOffsetOffset", stride);
    int address = offset(memory, libjvm, "gHotSpotVMStructEntryAddressOffset", stride);
    ByteBuffer entry = ByteBuffer.allocateDirect((int) stride).order(ByteOrder.nativeOrder());
    long at = value(memory, libjvm, "gHotSpotVMStructs");
    for (int i = 0; i < MOST_ENTRIES; i++, at += stride) {
      // The table ends with an entry of null names.
      if (!memory.read(at, entry.clear()) || entry.getLong(typeName) == 0) {
        break;
      }
      byField
          .computeIfAbsent(names.at(entry.getLong(fieldName)), field -> new ArrayList<>())
          .add(
              new Member(
                  names.at(entry.getLong(typeName)),
                  entry.getLong(offset),
                  entry.getLong(address)));
    }
    readSizes(memory, libjvm, names);
  }

  private void readSizes(OwnMemory memory, LoadedLibrary libjvm, Names names) throws IOException {
    long stride = value(memory, libjvm, "gHotSpotVMTypeEntryArrayStride");
    int typeName = offset(memory, libjvm, "gHotSpotVMTypeEntryTypeNameOffset", stride);
    int size = offset(memory, libjvm, "gHotSpotVMTypeEntrySizeOffset", stride);
    ByteBuffer entry = ByteBuffer.allocateDirect((int) stride).order(ByteOrder.nativeOrder());
    long at = value(memory, libjvm, "gHotSpotVMTypes");
    for (int i = 0; i < MOST_ENTRIES; i++, at += stride) {
      if (!memory.read(at, entry.clear()) || entry.getLong(typeName) == 0) {
        return;
      }
      sizes.put(names.at(entry.getLong(typeName)), entry.getLong(size));
    }
  }

  /**
   * Bytes that a structure takes.
   *
   * @throws IOException if the JVM does not describe it
   */
  long size(String type) throws IOException {
    Long size = sizes.get(type);
    if (size == null) {
      throw new IOException("libjvm.so does not describe " + type);
    }
    return size;
  }

  /** The table of this JVM. */
  static synchronized VmStructs of(OwnMemory memory) throws IOException {
    if (read == null) {
      read = new VmStructs(memory);
    }
    return read;
  }

  private static long value(OwnMemory memory, LoadedLibrary libjvm, String symbol)
      throws IOException {
    return memory.readLong(libjvm.find(symbol));
  }

  private static int offset(OwnMemory memory, LoadedLibrary libjvm, String symbol, long stride)
      throws IOException {
    long offset = value(memory, libjvm, symbol);
    if (offset < 0 || offset > stride - Long.BYTES || stride > 4_096) {
      throw new IOException("libjvm.so has a table of structures with an unknown layout");
    }
    return (int) offset;
  }

  /**
   * Where a member lies in its structure.
   *
   * @throws IOException if the JVM does not describe it
   */
  long offset(Predicate<String> type, String field) throws IOException {
    return find(type, field).offset;
  }

  /**
   * The address of a static member.
   *
   * @throws IOException if the JVM does not describe it
   */
  long address(Predicate<String> type, String field) throws IOException {
    return find(type, field).address;
  }

  private Member find(Predicate<String> type, String field) throws IOException {
    return byField.getOrDefault(field, List.of()).stream()
        .filter(member -> type.test(member.type))
        .findFirst()
        .orElseThrow(() -> new IOException("libjvm.so does not describe " + field));
  }

  /** Texts of the library, which lie close to each other: so they are read by the page. */
  private static final class Names {
    private static final int PAGE = 4_096;
    private static final int LONGEST = 1_024;

    private final OwnMemory memory;
    private final Map<Long, byte[]> pages = new HashMap<>();
    private final Map<Long, String> known = new HashMap<>();

    Names(OwnMemory memory) {
      this.memory = memory;
    }

    String at(long address) {
      return known.computeIfAbsent(address, this::read);
    }

    private String read(long address) {
      byte[] text = new byte[LONGEST];
      int length = 0;
      while (length < LONGEST) {
        long at = address + length;
        byte next = page(at & -PAGE)[(int) (at & PAGE - 1)];
        if (next == 0) {
          break;
        }
        text[length++] = next;
      }
      return new String(text, 0, length, StandardCharsets.ISO_8859_1);
    }

    private byte[] page(long address) {
      return pages.computeIfAbsent(
          address,
          at -> {
            byte[] page = new byte[PAGE]; // all 0 where there is no memory
            memory.read(at, ByteBuffer.wrap(page));
            return page;
          });
    }
  }
}
