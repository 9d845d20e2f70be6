package latencyscope.bpf.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.MissingLibraryException;

/**
 * The few calls of the C library that this package makes.
 *
 * <p>A call that fails returns its negative error number, as libbpf's do.
 */
public final class Libc {
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_ANONYMOUS = 0x20;

  private static final int SCHED_BATCH = 3;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_NO_NEW_PRIVS = 38;

  /**
   * {@code struct sched_attr} of the first version: size, policy, flags, nice, priority, runtime.
   */
  private static final long SCHED_ATTR_BYTES = 48;

  private static final long SCHED_ATTR_POLICY = 4;
  private static final long SCHED_ATTR_PRIORITY = 20;
  private static final long SCHED_ATTR_RUNTIME = 24;

  private static final long SCHED_SETATTR = callNumber(314, 274);
  private static final long SCHED_GETATTR = callNumber(315, 275);

  private static final int CLOCK_THREAD_CPUTIME_ID = 3;
  private static final long TIMESPEC_BYTES = 16;
  private static final long PERF_FLAG_FD_CLOEXEC = 8;
  private static final int ANY_PROCESS = -1;
  private static final int NO_GROUP = -1;

  private static final ThreadLocal<MemorySegment> TIME =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(TIMESPEC_BYTES, Long.BYTES));

  private static final ThreadLocal<MemorySegment> ATTR =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SCHED_ATTR_BYTES, Long.BYTES));

  private static final NativeLibrary LIBRARY = NativeLibrary.standard();
  private static final NativeFunction MMAP = LIBRARY.bind("mmap");
  private static final NativeFunction MUNMAP = LIBRARY.bind("munmap");
  private static final NativeFunction READ = LIBRARY.bind("read");
  private static final NativeFunction CLOSE = LIBRARY.bind("close");
  private static final NativeFunction GETPAGESIZE = LIBRARY.bind("getpagesize");
  private static final NativeFunction GETTID = LIBRARY.bind("gettid");
  private static final NativeFunction CLOCK_GETTIME = LIBRARY.bind("clock_gettime");
  private static final NativeFunction POLL = LIBRARY.bind("poll");
  private static final NativeFunction EVENTFD = LIBRARY.bind("eventfd");
  private static final NativeFunction WRITE = LIBRARY.bind("write");
  private static final NativeFunction USLEEP = LIBRARY.bind("usleep");
  private static final NativeFunction SCHED_SETAFFINITY = LIBRARY.bind("sched_setaffinity");
  private static final NativeFunction SCHED_GETAFFINITY = LIBRARY.bind("sched_getaffinity");
  private static final NativeFunction GETSOCKOPT = LIBRARY.bind("getsockopt");
  private static final NativeFunction PRCTL = LIBRARY.bind("prctl");
  private static final NativeFunction EXECVE = LIBRARY.bind("execve");
  private static final NativeFunction SCHED_SETSCHEDULER = LIBRARY.bind("sched_setscheduler");
  private static final NativeFunction ADJTIMEX = LIBRARY.bind("adjtimex");

  // The C library has no function for it.
  private static final NativeFunction SYSCALL = LIBRARY.bind("syscall");

  private Libc() {}

  public static void require() throws MissingLibraryException {
    LIBRARY.require();
  }

  /**
   * Maps memory that is unmapped when the arena closes: reading it afterwards is an exception then,
   * not the end of the process.
   *
   * @param protection without PROT_WRITE the segment is read-only too: an exception, not a SIGSEGV
   * @param fd a descriptor, or -1 for anonymous memory
   */
  public static MemorySegment map(
      Arena arena, String what, long size, int protection, int fd, long offset)
      throws BpfException {
    int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    MemorySegment mapped = MMAP.pointer("map " + what, 0, size, protection, flags, fd, offset);
    MemorySegment memory = owned(mapped, size, arena);
    return (protection & PROT_WRITE) != 0 ? memory : memory.asReadOnly();
  }

  @SuppressWarnings("restricted")
  private static MemorySegment owned(MemorySegment mapped, long size, Arena arena) {
    return mapped.reinterpret(size, arena, memory -> unmap(memory, size));
  }

  private static void unmap(MemorySegment memory, long size) {
    MUNMAP.integer(memory.address(), size);
  }

  /** Bytes read, 0 at the end, or the negative error number. */
  public static long read(int fd, MemorySegment buffer) {
    return READ.orErrno(fd, buffer.address(), buffer.byteSize(), 0, 0);
  }

  public static void close(int fd) {
    CLOSE.integer(fd);
  }

  public static int pageSize() {
    return GETPAGESIZE.integer();
  }

  public static long threadCpuTimeNs() {
    MemorySegment time = TIME.get();
    CLOCK_GETTIME.integer(CLOCK_THREAD_CPUTIME_ID, time.address());
    return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000
        + time.get(ValueLayout.JAVA_LONG, Long.BYTES);
  }

  /**
   * State of the wall clock.
   *
   * @param timex a {@code struct timex}: what it asks to set is set, so nothing if it is empty
   * @return a state from 0 on, or the negative error number
   */
  public static int adjtimex(MemorySegment timex) {
    return (int) ADJTIMEX.orErrno(timex.address());
  }

  public static int threadId() {
    return GETTID.integer();
  }

  public static void sleepUs(int microseconds) {
    USLEEP.integer(microseconds);
  }

  /** A counter that can be waited for, and never blocks; or the negative error number. */
  public static int eventFd() {
    return (int) EVENTFD.orErrno(0, EFD_CLOEXEC | EFD_NONBLOCK, 0, 0, 0);
  }

  /**
   * Waits until one of some descriptors can be read; allocates nothing.
   *
   * @param polled an array of {@code struct pollfd}
   * @param count how many there are
   * @param timeoutMs how long at most
   * @return how many can be read, or the negative error number
   */
  public static int poll(MemorySegment polled, int count, int timeoutMs) {
    return (int) POLL.orErrno(polled.address(), count, timeoutMs, 0, 0);
  }

  /** Bytes written, or the negative error number; allocates nothing. */
  public static long write(int fd, MemorySegment buffer) {
    return WRITE.orErrno(fd, buffer.address(), buffer.byteSize(), 0, 0);
  }

  /** 0 or the negative error number; {@code tid} 0 is the calling thread. */
  public static int setAffinity(int tid, MemorySegment mask) {
    return (int) SCHED_SETAFFINITY.orErrno(tid, mask.byteSize(), mask.address());
  }

  /** 0 or the negative error number; EINVAL when the mask is shorter than the kernel's. */
  public static int getAffinity(int tid, MemorySegment mask) {
    return (int) SCHED_GETAFFINITY.orErrno(tid, mask.byteSize(), mask.address());
  }

  /** Makes the calling thread one of batch work; 0 or the negative error number. */
  public static int batch() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment priority = arena.allocate(ValueLayout.JAVA_INT); // 0, as it must be
      return (int) SCHED_SETSCHEDULER.orErrno(0, SCHED_BATCH, priority.address());
    }
  }

  /**
   * Makes the calling thread one of batch work; its nice value stays. Allocates nothing: the drain
   * thread calls it twice a second.
   *
   * @param sliceNs the turns that it asks for, heeded since Linux 6.12 (857b158dc5e8); 0 for the
   *     scheduler's own
   * @return 0 or the negative error number
   */
  public static int batchInTurnsOf(long sliceNs) {
    MemorySegment attr = ATTR.get();
    long address = attr.address();
    int result = (int) SYSCALL.orErrno(SCHED_GETATTR, 0, address, attr.byteSize(), 0);
    if (result < 0) {
      return result;
    }
    attr.set(ValueLayout.JAVA_INT, SCHED_ATTR_POLICY, SCHED_BATCH);
    attr.set(ValueLayout.JAVA_INT, SCHED_ATTR_PRIORITY, 0);
    attr.set(ValueLayout.JAVA_LONG, SCHED_ATTR_RUNTIME, sliceNs);
    return (int) SYSCALL.orErrno(SCHED_SETATTR, 0, address, 0, 0);
  }

  /**
   * On which NUMA nodes pages are; moves none, and brings none into memory.
   *
   * @param pid a process, or 0 for this one
   * @param addresses of any byte of each page
   * @param nodes takes a node for each, or a negative error number
   * @return 0 or the negative error number
   */
  public static int nodesOfPages(int pid, MemorySegment addresses, MemorySegment nodes) {
    long number = callNumber(279, 239);
    long count = addresses.byteSize() / Long.BYTES;
    return (int) SYSCALL.orErrno(number, pid, count, addresses.address(), 0, nodes.address(), 0);
  }

  /**
   * Opens a counter of whatever runs on a CPU; a descriptor, or the negative error number.
   *
   * @param attr a {@code struct perf_event_attr}
   */
  public static int perfEventOpen(MemorySegment attr, int cpu) {
    long number = callNumber(298, 241);
    return (int)
        SYSCALL.orErrno(number, attr.address(), ANY_PROCESS, cpu, NO_GROUP, PERF_FLAG_FD_CLOEXEC);
  }

  /**
   * Who is at the other end of a Unix socket: process, user and group, as when it connected.
   *
   * @param credentials takes three ints
   * @return 0 or the negative error number
   */
  public static int peerCredentials(int socket, MemorySegment credentials) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
      length.set(ValueLayout.JAVA_INT, 0, (int) credentials.byteSize());
      return (int)
          GETSOCKOPT.orErrno(
              socket, SOL_SOCKET, SO_PEERCRED, credentials.address(), length.address());
    }
  }

  /**
   * Takes a capability from what a program may get that the calling thread executes.
   *
   * @param capability number in linux/capability.h
   * @return 0 or the negative error number
   */
  public static int dropFromBoundingSet(int capability) {
    return (int) PRCTL.orErrno(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }

  /** Has the calling thread, and what it executes, get no new privileges; 0 or the error. */
  public static int noNewPrivileges() {
    return (int) PRCTL.orErrno(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  }

  /**
   * Executes a program in this process's place.
   *
   * @return the negative error number, if it returns at all
   */
  public static int execute(String program, List<String> arguments, List<String> environment) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(program);
      MemorySegment words = pointers(arena, arguments);
      MemorySegment variables = pointers(arena, environment);
      return (int) EXECVE.orErrno(path.address(), words.address(), variables.address(), 0, 0);
    }
  }

  private static MemorySegment pointers(Arena arena, List<String> texts) {
    MemorySegment all = arena.allocate(ValueLayout.JAVA_LONG, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      all.setAtIndex(ValueLayout.JAVA_LONG, i, arena.allocateFrom(texts.get(i)).address());
    }
    return all;
  }

  // Not out of the table of all calls: an engine that starts a capture need not read that.
  private static long callNumber(long ofX86, long ofAarch64) {
    return System.getProperty("os.arch").equals("aarch64") ? ofAarch64 : ofX86;
  }
}
