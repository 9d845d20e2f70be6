package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import latencyscope.proc.MemoryMap;

/**
 * Finds symbols of a shared library that is loaded in this process, in the tables that the dynamic
 * linker uses: the file may have been replaced since, as by an upgrade of the JDK.
 *
 * <p>Source of the layout: elf.h, 64 bits; the hash table is GNU's, which OpenJDK's build asks for
 * (LDFLAGS_HASH_STYLE in flags-ldflags.m4).
 */
final class LoadedLibrary {
  private static final int PROGRAM_HEADERS = 0x20;
  private static final int PROGRAM_HEADER_SIZE = 0x36;
  private static final int PROGRAM_HEADER_COUNT = 0x38;
  private static final int VIRTUAL_ADDRESS = 0x10;
  private static final int PT_DYNAMIC = 2;

  private static final long DT_NULL = 0;
  private static final long DT_STRTAB = 5;
  private static final long DT_SYMTAB = 6;
  private static final long DT_GNU_HASH = 0x6ffffef5L;

  private static final int SYMBOL_BYTES = 24;
  private static final int SYMBOL_VALUE = 8;

  /** More than any library has: bounds a walk over damaged tables. */
  private static final int MOST_ENTRIES = 1_000;

  private static final long NONE = 0;

  private final OwnMemory memory;
  private final String name;
  private final long base;
  private long names;
  private long symbols;
  private long hash;

  /**
   * Finds the library's tables.
   *
   * @param name of its file
   * @throws IOException if it is not loaded, or has no such tables
   */
  LoadedLibrary(OwnMemory memory, String name) throws IOException {
    this.memory = memory;
    this.name = name;
    base = base(name);
    long dynamic = dynamicSection();
    for (int i = 0; i < MOST_ENTRIES && memory.readLong(dynamic) != DT_NULL; i++) {
      long tag = memory.readLong(dynamic);
      long address = address(memory.readLong(dynamic + Long.BYTES));
      names = tag == DT_STRTAB ? address : names;
      symbols = tag == DT_SYMTAB ? address : symbols;
      hash = tag == DT_GNU_HASH ? address : hash;
      dynamic += 2 * Long.BYTES;
    }
    if (names == NONE || symbols == NONE || hash == NONE) {
      throw new IOException(name + " has no table of symbols with GNU's hash");
    }
  }

  private static long base(String name) throws IOException {
    for (MemoryMap.Mapping mapping : MemoryMap.read(Path.of("/proc/self"))) {
      // Of a file that was replaced, the kernel says "(deleted)".
      if (mapping.offset() == 0
          && mapping.path().matches(".*/\\Q" + name + "\\E( \\(deleted\\))?")) {
        return mapping.begin();
      }
    }
    throw new IOException("this JVM is not HotSpot: it has no " + name);
  }

  private long dynamicSection() throws IOException {
    long header = base + memory.readLong(base + PROGRAM_HEADERS);
    int size = memory.readShort(base + PROGRAM_HEADER_SIZE);
    for (int i = memory.readShort(base + PROGRAM_HEADER_COUNT); i > 0; i--) {
      if (memory.readInt(header) == PT_DYNAMIC) {
        return base + memory.readLong(header + VIRTUAL_ADDRESS);
      }
      header += size;
    }
    throw new IOException(name + " has no dynamic section");
  }

  // glibc replaces offsets by addresses when it loads a library, musl does not.
  private long address(long offsetOrAddress) {
    return Long.compareUnsigned(offsetOrAddress, base) < 0
        ? base + offsetOrAddress
        : offsetOrAddress;
  }

  /**
   * The address of an exported variable.
   *
   * @throws IOException if there is none
   */
  long find(String symbol) throws IOException {
    int wanted = hashOf(symbol);
    int buckets = memory.readInt(hash);
    int first = memory.readInt(hash + 4);
    long bloomWords = Integer.toUnsignedLong(memory.readInt(hash + 8));
    long bucketAt = hash + 16 + bloomWords * Long.BYTES;
    long chainAt = bucketAt + Integer.toUnsignedLong(buckets) * Integer.BYTES;
    if (buckets == 0) {
      throw new IOException(name + " exports nothing");
    }
    long bucket = Integer.toUnsignedLong(Integer.remainderUnsigned(wanted, buckets));
    int index = memory.readInt(bucketAt + bucket * Integer.BYTES);
    for (int i = 0; index >= first && first > 0 && i < MOST_ENTRIES; i++, index++) {
      int found = memory.readInt(chainAt + (long) (index - first) * Integer.BYTES);
      long entry = symbols + (long) index * SYMBOL_BYTES;
      if ((found | 1) == (wanted | 1) && symbol.equals(name(entry))) {
        return base + memory.readLong(entry + SYMBOL_VALUE);
      }
      if ((found & 1) != 0) {
        break; // the chain's last
      }
    }
    throw new IOException(name + " does not export " + symbol);
  }

  private String name(long entry) {
    return memory.readText(names + Integer.toUnsignedLong(memory.readInt(entry)));
  }

  private static int hashOf(String symbol) {
    int hash = 5381;
    for (byte each : symbol.getBytes(StandardCharsets.US_ASCII)) {
      hash = hash * 33 + each;
    }
    return hash;
  }
}
