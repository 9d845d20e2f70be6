package latencyscope.jfr.syscall;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;

/**
 * A thread waited for a lock of the kernel itself, asleep or spinning: in a system call, or in a
 * page fault. Of a mutex that it spins for and then sleeps for, that is one wait.
 *
 * <p>Source: {@code lock:contention_begin} and {@code lock:contention_end} tracepoints, since Linux
 * 5.19 (16edd9b511a1). Locks that interrupts wait for while the thread runs are not its waits. It
 * is no cost of its own: one in a page fault is part of that.
 */
@Name("latencyscope.KernelLockWait")
@Label("Kernel Lock Wait")
@Description("Thread waited for a lock of the kernel, asleep or spinning")
@Category({"LatencyScope", "syscall"})
@Threshold("10 us")
@Occurrence(
    noun = "kernel lock wait",
    ledgerCause = "kernel_lock",
    trigger = "kernel-lock",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class KernelLockWait extends KernelEvent {
  /**
   * {@code mutex}, {@code rwsem-read}, {@code rwsem-write}, {@code percpu-rwsem}, {@code rt-mutex},
   * {@code spinlock}, {@code rwlock-read}, {@code rwlock-write}; {@code other} for a semaphore.
   */
  @Label("Lock")
  @Description("Kind of lock: mutex, rwsem-read, rwsem-write, spinlock, …")
  @Particular
  public String lock;

  /** Whether it is the lock of the memory map of the thread's own process, {@code mmap_lock}. */
  @Label("Memory Map")
  @Description("Whether it is mmap_lock, the lock of its process's memory map")
  public boolean mmapLock;

  /**
   * Kernel name of the task that had the lock when the wait began, or that gave it up when the wait
   * ended if the kernel does not note that one; null if neither is known (spinlocks). Others may
   * have had it in between.
   */
  @Label("Holder")
  @Description("Task that had the lock when the wait began, or gave it up when it ended")
  @Culprit
  public String holder;

  /** Thread id of the holder in the initial pid namespace; 0 if there is none. */
  @Label("Holder Thread Id")
  public long holderTid;

  /** Process id of the holder in the initial pid namespace; 0 if there is none. */
  @Label("Holder Process Id")
  public long holderPid;

  /**
   * Where in the program the thread was, see {@link latencyscope.jfr.StackText}; null if unknown.
   */
  @Label("Stack")
  @Description("Frames of the program, the innermost first; \u2026 where they could not be found")
  public String stack;

  /** Creates an empty event. */
  public KernelLockWait() {}
}
