package latencyscope.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import latencyscope.proc.MemoryMap;

/**
 * The flags of a HotSpot JVM as they are in force, whichever way they were given: command line,
 * argument file, environment variable or {@code VMOptionsFile}.
 *
 * <p>Source: the tables that HotSpot exports for debuggers ({@code gHotSpotVMStructs}), in the
 * JVM's memory. Nothing is asked of the JVM. Used by one thread.
 */
final class JvmFlags {
  private static final String STRUCTS = "gHotSpotVMStructs";
  private static final String STRUCT = "gHotSpotVMStructEntry";
  private static final String TYPES = "gHotSpotVMTypes";
  private static final String TYPE = "gHotSpotVMTypeEntry";
  private static final Set<String> SYMBOLS =
      Set.of(
          STRUCTS,
          STRUCT + "TypeNameOffset",
          STRUCT + "FieldNameOffset",
          STRUCT + "OffsetOffset",
          STRUCT + "AddressOffset",
          STRUCT + "ArrayStride",
          TYPES,
          TYPE + "TypeNameOffset",
          TYPE + "SizeOffset",
          TYPE + "ArrayStride");

  /** Until JDK 10 the structure had the first name. */
  private static final Set<String> FLAG = Set.of("Flag", "JVMFlag");

  private static final int MOST_ENTRIES = 20_000;

  private final JvmMemory memory;
  private final Map<String, Long> symbols = new HashMap<>();
  private final Map<String, Byte> values = new HashMap<>();

  private JvmFlags(JvmMemory memory, Map<String, Long> addresses) throws IOException {
    this.memory = memory;
    for (Map.Entry<String, Long> symbol : addresses.entrySet()) {
      symbols.put(symbol.getKey(), memory.readLong(symbol.getValue()));
    }
  }

  /**
   * Reads flags that are true or false.
   *
   * @param process folder in {@code /proc}
   * @param library end of the path of its {@code libjvm.so}
   * @throws IOException if its memory may not be read, or does not have one of them
   */
  static Map<String, Boolean> read(Path process, Predicate<String> library, Set<String> names)
      throws IOException {
    long base =
        MemoryMap.read(process).stream()
            .filter(mapping -> mapping.offset() == 0 && library.test(mapping.path()))
            .mapToLong(MemoryMap.Mapping::begin)
            .findFirst()
            .orElseThrow(() -> new IOException("it has no libjvm.so"));
    try (JvmMemory memory = new JvmMemory(process)) {
      JvmFlags flags = new JvmFlags(memory, LibrarySymbols.find(memory, base, SYMBOLS));
      flags.find(names);
      Map<String, Boolean> found = new HashMap<>();
      flags.values.forEach((name, value) -> found.put(name, value != 0));
      return found;
    }
  }

  private void find(Set<String> names) throws IOException {
    long flag = memory.readLong(member("flags", "Address"));
    long count = memory.readLong(member("numFlags", "Address"));
    long name = member("_name", "Offset");
    long address = member("_addr", "Offset");
    long size = size();
    for (long i = 0; i < Math.min(count, MOST_ENTRIES) && values.size() < names.size(); i++) {
      long text = memory.readLong(flag + name);
      String flagName = text == 0 ? "" : memory.readText(text);
      if (names.contains(flagName)) {
        values.put(flagName, memory.readByte(memory.readLong(flag + address)));
      }
      flag += size;
    }
    if (values.size() < names.size()) {
      throw new IOException("it does not have all of the flags " + names);
    }
  }

  private long symbol(String name) {
    return symbols.get(name);
  }

  /** Address of a static member of the flags' structure, or offset of another. */
  private long member(String field, String answer) throws IOException {
    long entry = symbol(STRUCTS);
    for (int i = 0; i < MOST_ENTRIES; i++, entry += symbol(STRUCT + "ArrayStride")) {
      long type = memory.readLong(entry + symbol(STRUCT + "TypeNameOffset"));
      if (type == 0) {
        break; // the table ends with an entry of null names
      }
      long name = memory.readLong(entry + symbol(STRUCT + "FieldNameOffset"));
      if (FLAG.contains(memory.readText(type)) && field.equals(memory.readText(name))) {
        return memory.readLong(entry + symbol(STRUCT + answer + "Offset"));
      }
    }
    throw new IOException("it does not export the address of its flags");
  }

  private long size() throws IOException {
    long entry = symbol(TYPES);
    for (int i = 0; i < MOST_ENTRIES; i++, entry += symbol(TYPE + "ArrayStride")) {
      long type = memory.readLong(entry + symbol(TYPE + "TypeNameOffset"));
      if (type == 0) {
        break;
      }
      if (FLAG.contains(memory.readText(type))) {
        return memory.readLong(entry + symbol(TYPE + "SizeOffset"));
      }
    }
    throw new IOException("it does not export the size of a flag");
  }
}
