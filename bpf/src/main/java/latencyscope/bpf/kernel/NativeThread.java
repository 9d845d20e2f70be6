package latencyscope.bpf.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.MissingLibraryException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.proc.CpuSet;

/**
 * The calling thread as the kernel knows it.
 *
 * <p>A virtual thread must not ask: it would get, and change, its carrier.
 */
public final class NativeThread {
  private static final int LARGEST_MASK = 8192; // bytes: 65,536 CPUs

  /** The shortest that the kernel grants. */
  private static final long SLICE_NS = 100_000;

  private NativeThread() {}

  /**
   * The thread's id in its own pid namespace, as in {@code /proc/self/task}.
   *
   * @throws MissingLibraryException when the C library is too old
   */
  public static int id() throws MissingLibraryException {
    Libc.require();
    return Libc.threadId();
  }

  /**
   * Sleeps, without the flight recorder's taking note of it as it does of Java's own ways to wait:
   * a thread that does so a hundred times a second would fill the engine's recording.
   *
   * @param microseconds less than a second
   */
  public static void pause(int microseconds) {
    Libc.sleepUs(microseconds);
  }

  /**
   * CPU time that the thread has used, in nanoseconds: the scheduler's account, as in {@code
   * schedstat}, up to this moment.
   */
  public static long cpuTimeNs() {
    return Libc.threadCpuTimeNs();
  }

  /**
   * Has the thread, and those that it starts from now on, take no CPU from another thread when they
   * wake (SCHED_BATCH): they wait until it is their turn, which is as long as any other thread's.
   * Their share of time stays what it was.
   *
   * @throws BpfException when the kernel refuses
   */
  public static void waitForTurn() throws BpfException {
    batch(0);
  }

  /**
   * As {@link #waitForTurn}, and since Linux 6.12 (857b158dc5e8) in the shortest turns, 100 µs: who
   * wakes while the thread runs waits for less of its turn. Not for a thread that may hold a lock
   * which others want: it loses its CPU sooner than they would, and they wait until it has one
   * again.
   *
   * @throws BpfException when the kernel refuses
   */
  public static void runInShortSlices() throws BpfException {
    batch(SLICE_NS);
  }

  private static void batch(long sliceNs) throws BpfException {
    Libc.require();
    if (Libc.batchInTurnsOf(sliceNs) < 0) {
      Refusal.check("make the thread one of batch work", Libc.batch());
    }
  }

  /**
   * The CPUs that the thread may run on.
   *
   * @throws BpfException when the kernel does not say
   */
  public static CpuSet affinity() throws BpfException {
    Libc.require();
    int result = -Errno.EINVAL;
    for (int size = 128; result == -Errno.EINVAL && size <= LARGEST_MASK; size *= 2) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment mask = arena.allocate(size, Long.BYTES);
        result = Libc.getAffinity(0, mask);
        if (result >= 0) {
          return CpuSet.ofMask(mask.toArray(JAVA_BYTE));
        }
      }
    }
    throw Refusal.of("read the thread's CPU affinity", -result);
  }

  /**
   * Confines the thread to some CPUs.
   *
   * @param cpus at least one that is online and that the thread's cpuset allows
   * @throws BpfException when the kernel refuses, with EINVAL when no such CPU is among them
   */
  public static void confineTo(CpuSet cpus) throws BpfException {
    Libc.require();
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = cpus.toMaskBytes();
      int size = Math.max(Long.BYTES, Math.ceilDiv(bytes.length, Long.BYTES) * Long.BYTES);
      MemorySegment mask = arena.allocate(size, Long.BYTES);
      MemorySegment.copy(bytes, 0, mask, JAVA_BYTE, 0, bytes.length);
      Refusal.check("confine the thread to CPUs " + cpus, Libc.setAffinity(0, mask));
    }
  }
}
