package latencyscope.agent.module;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.guest.settings.Complaints;

/**
 * How long the drain thread keeps a CPU that others want.
 *
 * <p>Short turns serve the engine: an engine thread that wakes during a drain round gets the CPU
 * soon. But Java code that is not compiled yet takes locks of the JVM, such as the compiler
 * queue's, and allocation takes others. If the drain thread loses its CPU while it holds one, all
 * threads that want that lock wait until it runs again: 655 ms were seen. So turns are short only
 * while records are drained, and only once the JVM has compiled next to nothing for some seconds.
 * Used by the drain thread alone.
 */
final class DrainTurns {
  /** Looks, one a second, with hardly anything compiled: then what a round runs is compiled. */
  private static final int QUIET_LOOKS = 2;

  /** Of a second; work that is done once a second goes on being compiled for minutes. */
  private static final long HARDLY_MS = 10;

  /** Says for how long the JVM has compiled in all; null if it does not say. */
  private final MethodHandle compileTime = compileTime();

  private long compiledMs = Long.MIN_VALUE / 2;
  private int quietLooks;
  private boolean shortTurns;
  private boolean refused;

  /** Looks how much the JVM has compiled since the last look. */
  void look() {
    if (compileTime == null) {
      return; // then turns stay as they are
    }
    long now;
    try {
      now = (long) compileTime.invokeExact();
    } catch (Throwable notSupported) {
      return;
    }
    quietLooks = now - compiledMs < HARDLY_MS ? quietLooks + 1 : 0;
    compiledMs = now;
  }

  // By reflection: an engine's own image need not have the module java.management.
  private static MethodHandle compileTime() {
    try {
      Object bean =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getCompilationMXBean")
              .invoke(null);
      Class<?> type = Class.forName("java.lang.management.CompilationMXBean");
      return bean == null
          ? null
          : MethodHandles.lookup()
              .findVirtual(type, "getTotalCompilationTime", MethodType.methodType(long.class))
              .bindTo(bean);
    } catch (ReflectiveOperationException | RuntimeException missing) {
      return null;
    }
  }

  /** Before records are drained. */
  void beforeRecords() {
    set(quietLooks >= QUIET_LOOKS);
  }

  /** Before anything else, which allocates, and whose code is not compiled. */
  void beforeOtherWork() {
    set(false);
  }

  private void set(boolean wanted) {
    if (wanted == shortTurns || refused) {
      return;
    }
    try {
      if (wanted) {
        NativeThread.runInShortSlices();
      } else {
        NativeThread.waitForTurn();
      }
      shortTurns = wanted;
    } catch (BpfException e) {
      refused = true;
      Complaints.say(e.problem() + "; " + e.remedy());
    }
  }
}
