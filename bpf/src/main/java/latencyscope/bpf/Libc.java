package latencyscope.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The few calls of the C library that this package makes.
 *
 * <p>A call that fails returns its negative error number, as libbpf's do.
 */
final class Libc {
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_ANONYMOUS = 0x20;

  private static final long PERF_FLAG_FD_CLOEXEC = 8;
  private static final int ANY_PROCESS = -1;
  private static final int NO_GROUP = -1;

  private static final NativeLibrary LIBRARY = NativeLibrary.standard();
  private static final MethodHandle MMAP =
      LIBRARY.bind(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
          Downcall.CAPTURE);
  private static final MethodHandle MUNMAP =
      LIBRARY.bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle READ =
      LIBRARY.bind(
          "read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), Downcall.CAPTURE);
  private static final MethodHandle CLOSE =
      LIBRARY.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle GETPAGESIZE =
      LIBRARY.bind("getpagesize", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle GETTID =
      LIBRARY.bind("gettid", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle USLEEP =
      LIBRARY.bind("usleep", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SCHED_SETAFFINITY =
      LIBRARY.bind(
          "sched_setaffinity",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Downcall.CAPTURE);
  private static final MethodHandle SCHED_GETAFFINITY =
      LIBRARY.bind(
          "sched_getaffinity",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Downcall.CAPTURE);

  // The C library has no function of its own for it.
  private static final MethodHandle SYSCALL =
      LIBRARY.bind(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
          Linker.Option.firstVariadicArg(1),
          Downcall.CAPTURE);

  private Libc() {}

  static void require() throws MissingLibraryException {
    LIBRARY.require();
  }

  /**
   * Maps memory that is unmapped when the arena closes: reading it afterwards is an exception then,
   * not the end of the process.
   *
   * @param protection without PROT_WRITE the segment is read-only too: an exception, not a SIGSEGV
   * @param fd a descriptor, or -1 for anonymous memory
   */
  static MemorySegment map(Arena arena, String what, long size, int protection, int fd, long offset)
      throws BpfException {
    int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    MemorySegment mapped =
        Downcall.pointer(
            "map " + what,
            state ->
                (MemorySegment)
                    MMAP.invokeExact(
                        state, MemorySegment.NULL, size, protection, flags, fd, offset));
    MemorySegment memory = owned(mapped, size, arena);
    return (protection & PROT_WRITE) != 0 ? memory : memory.asReadOnly();
  }

  @SuppressWarnings("restricted")
  private static MemorySegment owned(MemorySegment mapped, long size, Arena arena) {
    return mapped.reinterpret(size, arena, memory -> unmap(memory, size));
  }

  private static void unmap(MemorySegment memory, long size) {
    Downcall.run(() -> (int) MUNMAP.invokeExact(memory, size));
  }

  /** Bytes read, 0 at the end, or the negative error number. */
  static long read(int fd, MemorySegment buffer) {
    return Downcall.orErrno(state -> (long) READ.invokeExact(state, fd, buffer, buffer.byteSize()));
  }

  static void close(int fd) {
    Downcall.run(() -> (int) CLOSE.invokeExact(fd));
  }

  static int pageSize() {
    return Downcall.run(() -> (int) GETPAGESIZE.invokeExact());
  }

  static int threadId() {
    return Downcall.run(() -> (int) GETTID.invokeExact());
  }

  static void sleepUs(int microseconds) {
    Downcall.run(() -> (int) USLEEP.invokeExact(microseconds));
  }

  /** 0 or the negative error number; {@code tid} 0 is the calling thread. */
  static int setAffinity(int tid, MemorySegment mask) {
    return (int)
        Downcall.orErrno(
            state -> (long) (int) SCHED_SETAFFINITY.invokeExact(state, tid, mask.byteSize(), mask));
  }

  /** 0 or the negative error number; EINVAL when the mask is shorter than the kernel's. */
  static int getAffinity(int tid, MemorySegment mask) {
    return (int)
        Downcall.orErrno(
            state -> (long) (int) SCHED_GETAFFINITY.invokeExact(state, tid, mask.byteSize(), mask));
  }

  /**
   * Opens a counter of whatever runs on a CPU; a descriptor, or the negative error number.
   *
   * @param attr a {@code struct perf_event_attr}
   */
  static int perfEventOpen(MemorySegment attr, int cpu) {
    long number = System.getProperty("os.arch").equals("aarch64") ? 241 : 298;
    return (int)
        Downcall.orErrno(state ->
            (long)
                SYSCALL.invokeExact(
                    state, number, attr, ANY_PROCESS, cpu, NO_GROUP, PERF_FLAG_FD_CLOEXEC));
  }
}
