package latencyscope.attach;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Addresses of the symbols that a shared library exports, found in the memory of the process that
 * has it loaded: the file may be another one by now, or in another container.
 *
 * <p>Source: the library's dynamic section (ELF64, little endian: x86-64 and AArch64).
 */
final class LibrarySymbols {
  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'E' << 8 | 0x7f;
  private static final int PROGRAM_HEADERS = 32;
  private static final int PROGRAM_HEADER_SIZE = 54;
  private static final int PROGRAM_HEADER_COUNT = 56;
  private static final int PT_DYNAMIC = 2;
  private static final int DT_STRTAB = 5;
  private static final int DT_SYMTAB = 6;
  private static final int DYNAMIC_ENTRY = 16;
  private static final int SYMBOL = 24;
  private static final int SYMBOL_VALUE = 8;
  private static final int MOST_SYMBOLS = 200_000;

  private LibrarySymbols() {}

  /**
   * Finds them.
   *
   * @param base where the library begins
   * @throws IOException if there is no such library, or one of the symbols is not in it
   */
  static Map<String, Long> find(JvmMemory memory, long base, Set<String> wanted)
      throws IOException {
    if (memory.readInt(base) != MAGIC) {
      throw new IOException("its libjvm.so does not begin as one");
    }
    long dynamic = dynamicSection(memory, base);
    long symbols = 0;
    long texts = 0;
    for (long at = dynamic; memory.readLong(at) != 0; at += DYNAMIC_ENTRY) {
      long value = memory.readLong(at + Long.BYTES);
      // The C library of GNU puts addresses there, others leave the offsets of the file.
      long address = Long.compareUnsigned(value, base) < 0 ? base + value : value;
      symbols = memory.readLong(at) == DT_SYMTAB ? address : symbols;
      texts = memory.readLong(at) == DT_STRTAB ? address : texts;
    }
    return find(memory, base, symbols, texts, wanted);
  }

  private static long dynamicSection(JvmMemory memory, long base) throws IOException {
    long at = base + memory.readLong(base + PROGRAM_HEADERS);
    int size = memory.readShort(base + PROGRAM_HEADER_SIZE) & 0xffff;
    int count = memory.readShort(base + PROGRAM_HEADER_COUNT) & 0xffff;
    for (int i = 0; i < count; i++, at += size) {
      if (memory.readInt(at) == PT_DYNAMIC) {
        return base + memory.readLong(at + 2L * Long.BYTES);
      }
    }
    throw new IOException("its libjvm.so has no dynamic section");
  }

  // The table does not say how long it is: the texts follow it.
  private static Map<String, Long> find(
      JvmMemory memory, long base, long symbols, long texts, Set<String> wanted)
      throws IOException {
    Map<String, Long> found = new HashMap<>();
    long end = texts > symbols ? texts : symbols + (long) MOST_SYMBOLS * SYMBOL;
    for (long at = symbols; at < end && found.size() < wanted.size(); at += SYMBOL) {
      String name = memory.readText(texts + (memory.readInt(at) & 0xffff_ffffL));
      if (wanted.contains(name)) {
        found.put(name, base + memory.readLong(at + SYMBOL_VALUE));
      }
    }
    if (found.size() < wanted.size()) {
      throw new IOException("its libjvm.so does not export " + wanted);
    }
    return found;
  }
}
