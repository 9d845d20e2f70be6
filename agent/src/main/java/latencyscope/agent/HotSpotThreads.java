package latencyscope.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Tells the operating system's id of a platform thread of this JVM, without a safepoint.
 *
 * <p>Follows {@code Thread.eetop} to HotSpot's own structures, by the offsets that libjvm exports
 * for debuggers ({@code gHotSpotVMStructs}). A thread may end at any moment, so the memory is read
 * through {@code /proc/self/mem}, where a stale address is an error and not a crash, and {@code
 * eetop} is read again afterwards. Used by one thread at a time.
 */
final class HotSpotThreads implements AutoCloseable {
  private final VarHandle eetop;
  private final long osThreadOffset;
  private final long threadIdOffset;
  private final FileChannel memory;
  private final ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  @SuppressWarnings("restricted")
  HotSpotThreads(Instrumentation instrumentation) throws IOException, ReflectiveOperationException {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", Set.of(HotSpotThreads.class.getModule())),
        Set.of(),
        Map.of());
    eetop =
        MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
            .findVarHandle(Thread.class, "eetop", long.class);
    try (Arena arena = Arena.ofConfined()) {
      VmStructs structs = new VmStructs(SymbolLookup.libraryLookup(libjvm(), arena));
      // _osthread moved from JavaThread to Thread long ago; _thread_id is of pid_t on Linux.
      osThreadOffset = structs.offset(name -> name.endsWith("Thread"), "_osthread");
      threadIdOffset = structs.offset("OSThread"::equals, "_thread_id");
    }
    memory = FileChannel.open(Path.of("/proc/self/mem"));
  }

  /** The thread's id in the JVM's own pid namespace, or 0 if it has none (any more). */
  int osThreadId(Thread thread) {
    long address = (long) eetop.get(thread);
    if (address == 0) {
      return 0;
    }
    long osThread = read(address + osThreadOffset, 8);
    int id = osThread == 0 ? 0 : (int) read(osThread + threadIdOffset, 4);
    // The memory may have been given to another thread meanwhile: then this one has ended.
    return (long) eetop.get(thread) == address ? id : 0;
  }

  private long read(long address, int bytes) {
    word.clear().limit(bytes);
    try {
      if (memory.read(word, address) != bytes) {
        return 0;
      }
    } catch (IOException e) {
      return 0;
    }
    return bytes == 8 ? word.getLong(0) : word.getInt(0);
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }

  private static Path libjvm() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.endsWith("/libjvm.so"))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst()
          .orElseThrow(() -> new IOException("this JVM is not HotSpot: it has no libjvm.so"));
    }
  }

  /** The table of structure members that HotSpot exports. */
  @SuppressWarnings("restricted")
  private static final class VmStructs {
    private final SymbolLookup libjvm;
    private final long entry;
    private final long stride;
    private final long typeName;
    private final long fieldName;
    private final long offset;

    VmStructs(SymbolLookup libjvm) throws IOException {
      this.libjvm = libjvm;
      entry = exported("gHotSpotVMStructs");
      stride = exported("gHotSpotVMStructEntryArrayStride");
      typeName = exported("gHotSpotVMStructEntryTypeNameOffset");
      fieldName = exported("gHotSpotVMStructEntryFieldNameOffset");
      offset = exported("gHotSpotVMStructEntryOffsetOffset");
    }

    private long exported(String symbol) throws IOException {
      return libjvm
          .find(symbol)
          .orElseThrow(() -> new IOException("libjvm.so does not export " + symbol))
          .reinterpret(8)
          .get(ValueLayout.JAVA_LONG, 0);
    }

    long offset(Predicate<String> type, String field) throws IOException {
      // The table ends with an entry of null names.
      for (long at = entry; pointer(at + typeName) != 0; at += stride) {
        if (field.equals(string(pointer(at + fieldName)))
            && type.test(string(pointer(at + typeName)))) {
          return pointer(at + offset);
        }
      }
      throw new IOException("libjvm.so does not tell where " + field + " is");
    }

    private static long pointer(long address) {
      return MemorySegment.ofAddress(address).reinterpret(8).get(ValueLayout.JAVA_LONG, 0);
    }

    private static String string(long address) {
      return MemorySegment.ofAddress(address).reinterpret(256).getString(0);
    }
  }
}
