package latencyscope.truth.workload;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** Memory of the kernel's own making, whose every page is touched when we say so and not before. */
@SuppressWarnings("restricted")
final class NativeMemory {
  static final int HUGE = 2 << 20;

  private static final int HUGE_PAGE = 14;
  private static final int NO_HUGE_PAGE = 15;
  private static final int COLLAPSE = 25; // since Linux 6.1
  private static final int READ_WRITE = 3;
  private static final int READ = 1;
  private static final int SHARED = 1;
  private static final int PRIVATE = 2;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int RANDOM = 1;
  private static final int DONT_NEED = 4;

  private static final MethodHandle MMAP =
      bind("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MUNMAP = bind("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle MADVISE =
      bind("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MPROTECT =
      bind("mprotect", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle OPEN = bind("open", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle FADVISE =
      bind("posix_fadvise", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SYSCALL =
      bind("syscall", JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final long FUTEX = System.getProperty("os.arch").equals("aarch64") ? 98 : 202;
  private static final int FUTEX_WAIT = 0;
  private static final int FUTEX_WAKE = 1;
  private static final VarHandle NUMBER = JAVA_INT.varHandle();

  private NativeMemory() {}

  /** Pages that are not there before they are touched, one fault each. */
  static MemorySegment anonymous(long bytes) {
    return map(bytes, PRIVATE_ANONYMOUS, -1);
  }

  /** Huge pages that are not there before they are touched, one fault each. */
  static MemorySegment hugePages(int count) {
    MemorySegment memory = map((count + 1L) * HUGE, PRIVATE_ANONYMOUS, -1);
    long toBorder = -memory.address() & HUGE - 1;
    MemorySegment aligned = memory.asSlice(toBorder, count * (long) HUGE);
    advise(aligned, HUGE_PAGE);
    return aligned;
  }

  /** Has memory that was not touched yet come in small pages. */
  static void smallPages(MemorySegment memory) {
    advise(memory, NO_HUGE_PAGE);
  }

  /** Has the kernel put small pages together to huge ones, at once. */
  static void collapse(MemorySegment memory) {
    advise(memory, HUGE_PAGE);
    advise(memory, COLLAPSE);
  }

  /** Forbids writing to a part of a huge page, which the kernel has to split for it. */
  static void protect(MemorySegment memory) {
    protect(memory, READ);
  }

  /** Allows writing again. */
  static void allow(MemorySegment memory) {
    protect(memory, READ_WRITE);
  }

  private static void protect(MemorySegment memory, int protection) {
    try {
      check((int) MPROTECT.invokeExact(memory, memory.byteSize(), protection));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void advise(MemorySegment memory, int advice) {
    try {
      check((int) MADVISE.invokeExact(memory, memory.byteSize(), advice));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A written file that the kernel has forgotten, read one page at a time. */
  static MemorySegment cold(Path file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), 2);
      check((int) FADVISE.invokeExact(fd, 0L, bytes, DONT_NEED));
      MemorySegment mapped = map(bytes, SHARED, fd);
      advise(mapped, RANDOM);
      return mapped;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file that the kernel has not read, one page at a time. */
  static MemorySegment readCold(Path file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), 0);
      MemorySegment mapped = map(bytes, READ, PRIVATE, fd);
      check((int) MADVISE.invokeExact(mapped, bytes, RANDOM));
      return mapped;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file that is in memory: the first write to each page is one minor fault. */
  static MemorySegment warm(Path file, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      return map(bytes, SHARED, (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), 2));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits, by a futex that other processes may wake, until a number is another. */
  static int awaitOther(MemorySegment number, int than) {
    int now;
    while ((now = (int) NUMBER.getVolatile(number, 0L)) == than) {
      futex(number, FUTEX_WAIT, than);
    }
    return now;
  }

  /** Changes a number and wakes who waits for that, in whatever process. */
  static void change(MemorySegment number, int to) {
    NUMBER.setVolatile(number, 0L, to);
    futex(number, FUTEX_WAKE, 1);
  }

  private static void futex(MemorySegment number, int operation, int value) {
    try {
      // Whatever it says, the caller looks at the number.
      long ignored =
          (long) SYSCALL.invokeExact(FUTEX, number, operation, value, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static void unmap(MemorySegment memory) {
    try {
      check((int) MUNMAP.invokeExact(memory, memory.byteSize()));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MemorySegment map(long bytes, int flags, int fd) {
    return map(bytes, READ_WRITE, flags, fd);
  }

  private static MemorySegment map(long bytes, int protection, int flags, int fd) {
    try {
      MemorySegment memory =
          (MemorySegment) MMAP.invokeExact(MemorySegment.NULL, bytes, protection, flags, fd, 0L);
      return memory.reinterpret(bytes);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void check(int result) {
    if (result != 0) {
      throw new IllegalStateException("error " + result);
    }
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }
}
