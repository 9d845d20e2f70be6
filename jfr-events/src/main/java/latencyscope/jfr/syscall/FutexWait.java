package latencyscope.jfr.syscall;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.LockLookup;
import latencyscope.jfr.OnLock;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread blocked in a futex: on a lock, parked, or waiting for a time as {@code Thread.sleep}
 * does. From the call's entry to its exit; one that was interrupted and restarted is one.
 *
 * <p>Source: {@code sys_enter}, {@code sys_exit} and {@code sched_waking} tracepoints; it blocked
 * if the kernel counted a voluntary switch ({@code nvcsw}) in between. {@link #cpu} is the CPU on
 * which the call was made.
 */
@Name("latencyscope.FutexWait")
@Label("Futex Wait")
@Description("Thread blocked in a futex: on a lock, parked, or asleep")
@Category({"LatencyScope", "syscall"})
@Threshold("1 us")
@Occurrence(noun = "futex wait", ledgerCause = "syscall", trigger = "futex")
@RemoveFields({"eventThread", "stackTrace"})
public final class FutexWait extends KernelEvent implements OnLock {
  /**
   * {@code wait}, {@code wait-bitset}, {@code wait-requeue-pi}, {@code lock-pi}, {@code lock-pi2},
   * {@code waitv}, or {@code wait2} for the futex_wait call of Linux 6.7 (cb8c4312afca).
   */
  @Label("Operation")
  @Description("wait, wait-bitset, wait-requeue-pi, lock-pi, lock-pi2, waitv or wait2")
  @Particular
  @PageColumn(2)
  public String operation;

  /**
   * {@code woken}, {@code timed-out}, {@code value-changed}, {@code interrupted}, {@code failed}.
   */
  @Label("Outcome")
  @Description("woken, timed-out, value-changed, interrupted or failed")
  @PageColumn(value = 3, width = 90)
  public String outcome;

  /** Address of the futex in the target's memory; of waitv, of the list of futexes. */
  @Label("Address")
  @Description("Address of the futex in the target's memory")
  @MemoryAddress
  @PageColumn(value = 6, width = 130)
  public long address;

  /** Value that the futex was to have: 2 is a contended mutex of glibc. */
  @Label("Expected Value")
  @Description("Value that the futex was to have")
  public long expected;

  /** Whether the wait had a time limit. */
  @Label("Timed")
  @Description("Whether the wait had a time limit")
  public boolean timed;

  /**
   * Nanoseconds until the limit when the wait began; {@link Long#MIN_VALUE} if there was none, or
   * if it was a time of the wall clock, which a program of the kernel cannot read.
   */
  @Label("Asked")
  @Description("Time limit of the wait")
  @Timespan(Timespan.NANOSECONDS)
  @NoValue(Long.MIN_VALUE)
  public long asked;

  /** Nanoseconds of the wait in which the thread was runnable, by the scheduler's own account. */
  @Label("Of Which Runnable")
  @Description("Part in which the thread waited for a CPU, by the scheduler's own account")
  @Timespan(Timespan.NANOSECONDS)
  @PageColumn(7)
  public long runDelay;

  /**
   * What ended the wait: {@code task}, {@code softirq}, {@code hardirq} (a timer) or {@code nmi};
   * {@code none} if a signal ended it; {@code unknown} if the wakeup was not traced, or if the
   * kernel does not show it.
   */
  @Label("Waker Context")
  @Description("What woke the thread: task, softirq, hardirq, nmi, none, or unknown")
  public String wakerContext;

  /** Kernel name of the task that woke the thread; null if a timer or a signal ended the wait. */
  @Label("Waker")
  @Description("Task that woke the thread; none if a timer or a signal ended the wait")
  @Culprit
  public String waker;

  /** Thread id of the waker in the initial pid namespace; 0 if there is none. */
  @Label("Waker Thread Id")
  public long wakerTid;

  /** Process id of the waker in the initial pid namespace; 0 if there is none. */
  @Label("Waker Process Id")
  public long wakerPid;

  /**
   * Where in the program the thread was, see {@link latencyscope.jfr.StackText}; null if unknown.
   */
  @Label("Stack")
  @Description("Frames of the program, the innermost first; \u2026 where they could not be found")
  public String stack;

  // Not public: what is public comes from the kernel's record.
  @Label("Lock")
  @Description("Name of the JVM's own mutex that the futex belongs to; none if it is not one")
  private String lock;

  /** Creates an empty event. */
  public FutexWait() {}

  @Override
  public String name(LockLookup locks) {
    lock = locks.nameAt(address);
    return lock;
  }
}
