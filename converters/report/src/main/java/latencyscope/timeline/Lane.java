package latencyscope.timeline;

import latencyscope.recording.thread.ThreadId;

/**
 * Where a slice belongs: to a thread, to a CPU, or to the JVM as a whole.
 *
 * @param thread the thread; null if it is not a thread's
 * @param cpu the CPU; -1 if it is not a CPU's
 */
public record Lane(ThreadId thread, int cpu) {
  /** What the JVM does as a whole, such as a collection. */
  public static final Lane JVM = new Lane(null, -1);

  static Lane of(ThreadId thread) {
    return thread == null ? JVM : new Lane(thread, -1);
  }

  static Lane ofCpu(int cpu) {
    return new Lane(null, cpu);
  }

  /** Whether it is a CPU. */
  public boolean isCpu() {
    return cpu >= 0;
  }
}
