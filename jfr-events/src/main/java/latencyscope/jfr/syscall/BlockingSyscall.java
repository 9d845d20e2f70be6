package latencyscope.jfr.syscall;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread blocked in a system call that is neither a futex nor a sleep. From the call's entry to
 * its exit; one that was interrupted and restarted is one.
 *
 * <p>Source: {@code sys_enter}, {@code sys_exit} and {@code sched_waking} tracepoints; it blocked
 * if the kernel counted a voluntary switch ({@code nvcsw}) in between. {@link #cpu} is the CPU on
 * which the call was made.
 */
@Name("latencyscope.BlockingSyscall")
@Label("Blocking System Call")
@Description("Thread blocked in a system call")
@Category({"LatencyScope", "syscall"})
@Threshold("1 us")
@Occurrence(noun = "blocking call", ledgerCause = "syscall")
@RemoveFields({"eventThread", "stackTrace"})
public final class BlockingSyscall extends KernelEvent {
  /** Name of the system call, such as {@code epoll_wait}. */
  @Label("Call")
  @Description("Name of the system call")
  @Particular
  @PageColumn(value = 1, width = 120)
  public String call;

  /** What it returned: negative is an error number. */
  @Label("Result")
  @Description("What the call returned; a negative one is an error number")
  public long result;

  /** The file descriptor that it was made on; -1 if it takes none. */
  @Label("Descriptor")
  @Description("File descriptor that the call was made on; -1 if it takes none")
  @NoValue
  public int descriptor;

  /**
   * What the descriptor stood for: {@code regular}, {@code directory}, {@code socket}, {@code
   * pipe}, {@code device}, {@code anonymous} (epoll, eventfd and the like) or {@code none}.
   */
  @Label("File")
  @Description("What the descriptor stood for: regular, socket, pipe and so on")
  @PageColumn(value = 4, width = 150)
  public String file;

  /** Nanoseconds of the call in which the thread was runnable, by the scheduler's own account. */
  @Label("Of Which Runnable")
  @Description("Part in which the thread waited for a CPU, by the scheduler's own account")
  @Timespan(Timespan.NANOSECONDS)
  public long runDelay;

  /**
   * What woke the thread last: {@code task}, {@code softirq}, {@code hardirq} or {@code nmi};
   * {@code unknown} if the wakeup was not traced, or if the kernel does not show it. A softirq that
   * a thread raised itself, as a send through the loopback device does, is that thread's own act:
   * {@code task}.
   */
  @Label("Waker Context")
  @Description("What woke the thread: task, softirq, hardirq, nmi, none, or unknown")
  public String wakerContext;

  /**
   * Kernel name of the task that last woke the thread; null if an interrupt did. Where {@link
   * #wakerContext} is {@code unknown}, an interrupt may have come while this task ran.
   */
  @Label("Waker")
  @Description("Task that woke the thread; none if an interrupt woke it")
  @Culprit
  @PageColumn(value = 5, width = 130)
  public String waker;

  /** Thread id of the waker in the initial pid namespace; 0: an interrupt. */
  @Label("Waker Thread Id")
  public long wakerTid;

  /** Process id of the waker in the initial pid namespace; 0: an interrupt. */
  @Label("Waker Process Id")
  public long wakerPid;

  /**
   * Where in the program the thread was, see {@link latencyscope.jfr.StackText}; null if unknown.
   */
  @Label("Stack")
  @Description("Frames of the program, the innermost first; \u2026 where they could not be found")
  public String stack;

  /** Creates an empty event. */
  public BlockingSyscall() {}
}
