package latencyscope.guest.hotspot;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * Finds the operating system's id of a platform thread of this JVM, without a safepoint.
 *
 * <p>Follows {@code Thread.eetop} to HotSpot's own structures, see {@link HotSpotStructs}. A thread
 * may end at any moment, so {@code eetop} is read again afterwards. Used by one thread at a time.
 */
public final class HotSpotThreads implements AutoCloseable {
  private final VarHandle eetop;
  private final long osThreadOffset;
  private final long threadIdOffset;
  private final long stackBaseOffset;
  private final long stackSizeOffset;
  private final HotSpotStructs structs;

  public HotSpotThreads(Instrumentation instrumentation)
      throws IOException, ReflectiveOperationException {
    JdkInternals.open(instrumentation, Object.class.getModule(), "java.lang");
    eetop =
        MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
            .findVarHandle(Thread.class, "eetop", long.class);
    structs = new HotSpotStructs();
    // These moved between JavaThread and Thread; _thread_id is of pid_t on Linux.
    osThreadOffset = structs.offset(name -> name.endsWith("Thread"), "_osthread");
    threadIdOffset = structs.offset("OSThread"::equals, "_thread_id");
    stackBaseOffset = structs.offset(name -> name.endsWith("Thread"), "_stack_base");
    stackSizeOffset = structs.offset(name -> name.endsWith("Thread"), "_stack_size");
  }

  /** The thread's id in the JVM's own pid namespace, or 0 if it has none (any more). */
  public int osThreadId(Thread thread) {
    long address = (long) eetop.get(thread);
    if (address == 0) {
      return 0;
    }
    long osThread = structs.readLong(address + osThreadOffset);
    int id = osThread == 0 ? 0 : structs.readInt(osThread + threadIdOffset);
    // The memory may have been given to another thread meanwhile: then this one has ended.
    return (long) eetop.get(thread) == address ? id : 0;
  }

  /** Address of HotSpot's structure of the thread; 0 if it has none (any more). */
  public long address(Thread thread) {
    return (long) eetop.get(thread);
  }

  /** The memory that the thread has for its stack; empty if it has none (any more). */
  public Optional<AddressRange> stack(Thread thread) {
    long address = (long) eetop.get(thread);
    if (address == 0) {
      return Optional.empty();
    }
    // Stacks grow downwards: the base is their end.
    long end = structs.readLong(address + stackBaseOffset);
    long size = structs.readLong(address + stackSizeOffset);
    return (long) eetop.get(thread) == address && end > size && size > 0
        ? Optional.of(new AddressRange(end - size, end, MemoryRegion.THREAD_STACK))
        : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    structs.close();
  }
}
