package latencyscope.jfr;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;

/**
 * An event that the kernel measured: when it began, how long it took, and which thread it happened
 * to, as opposed to when and where the JVM learned of it.
 *
 * <p>The flight recorder's own {@code startTime}, {@code duration} and {@code eventThread} carry
 * the kernel's values where the JDK allows it (22 and newer, JDK-8239508). The plain fields here
 * repeat them, so that a reader can put right what another JDK wrote: nothing relies on the
 * implicit fields alone.
 *
 * <p>Instances are reused by their single writer and are not safe for use by several threads.
 */
@StackTrace(false)
public abstract class KernelEvent extends Event {
  /** Creates an empty event; its writer fills the fields before committing. */
  protected KernelEvent() {}

  // A Java field called eventThread would break the recorder's instrumentation; only the name in
  // the recording may be that.
  /** The affected Java thread; null for a thread that is not one, or had ended unseen. */
  @Name("eventThread")
  @Label("Event Thread")
  @Description("Thread that the kernel event happened to")
  public Thread laneThread;

  /** Begin, in ticks of the flight recorder's clock. */
  @Label("Kernel Start")
  @Description("Begin as measured by the kernel, on the recorder's clock")
  @Timestamp(Timestamp.TICKS)
  public long kernelStart;

  /** Length in nanoseconds of CLOCK_MONOTONIC. */
  @Label("Kernel Duration")
  @Description("Length as measured by the kernel")
  @Timespan(Timespan.NANOSECONDS)
  public long kernelDuration;

  /** The affected thread's id as {@code /proc/PID/task} shows it. */
  @Label("OS Thread Id")
  @Description("Id of the affected thread in the target's pid namespace")
  public long osThreadId;

  /** The affected thread's name: Java's where it is a Java thread, else the kernel's. */
  @Label("Thread Name")
  @Description("Java name of the affected thread, or its kernel name if it is not a Java thread")
  public String thread;

  /** Logical CPU number. */
  @Label("CPU")
  @Description("Logical CPU on which it happened")
  public int cpu;

  /** Whether it was on CPUs that the capture is not limited to, so that nobody is to act on it. */
  public boolean isOutside() {
    return false;
  }
}
