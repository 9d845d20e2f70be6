package latencyscope.guest.budget;

import java.io.IOException;
import java.nio.file.Path;
import latencyscope.proc.KernelFile;

/** The scheduler's account of the agent's own threads. */
public final class CpuTime {
  private CpuTime() {}

  /** CPU time that the calling thread has used, nanoseconds; 0 if the kernel does not report it. */
  public static long ofThisThread() {
    return ofThread("thread-self");
  }

  /**
   * CPU time that a thread has used, nanoseconds; 0 if the kernel does not report it.
   *
   * @param thread its folder below {@code /proc}
   */
  public static long ofThread(String thread) {
    try {
      String schedstat = KernelFile.text(Path.of("/proc/" + thread + "/schedstat"));
      return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }
}
