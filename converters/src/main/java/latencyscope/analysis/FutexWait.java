package latencyscope.analysis;

import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * A thread blocked in a futex.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param runDelay part in which it was runnable, nanoseconds
 * @param cpu CPU on which it made the call
 * @param outcome {@code woken}, {@code timed-out} and so on
 * @param nativeLock whether the call is that of a glibc mutex which is taken
 * @param asked time limit, nanoseconds; negative if there was none or it is not known
 * @param waker who woke it; null if nobody did
 * @param reason why it waited
 * @param object class of what Java waited for; null if that is not known
 */
record FutexWait(
    ThreadId thread,
    long start,
    long duration,
    long runDelay,
    int cpu,
    String outcome,
    boolean nativeLock,
    long asked,
    Task waker,
    WaitReason reason,
    String object)
    implements Timed {
  // The value of a glibc mutex, and of its internal locks, that is taken and waited for.
  private static final long TAKEN = 2;

  static FutexWait of(KernelEvent event) {
    String waker = event.text("waker");
    return new FutexWait(
        event.thread(),
        event.start(),
        event.duration(),
        event.number("runDelay"),
        event.cpu(),
        event.text("outcome"),
        isNativeLock(event),
        event.number("asked", -1),
        waker == null
            ? null
            : new Task(waker, event.number("wakerTid"), event.number("wakerPid"), null),
        WaitReason.UNKNOWN,
        null);
  }

  // A condition or a parked thread waits with another operation (wait-bitset), as glibc has done
  // since 2.25; the kernel's own mutexes have one that says so.
  private static boolean isNativeLock(KernelEvent event) {
    String operation = event.text("operation");
    if (operation == null) {
      return false;
    }
    return operation.startsWith("lock-pi")
        || operation.equals("wait") && !event.flag("timed") && event.number("expected") == TAKEN;
  }

  /** The same, with the reason for it: Java's, where that is known. */
  FutexWait because(JavaWait java) {
    if (java == null) {
      return with(nativeLock ? WaitReason.NATIVE_LOCK : WaitReason.UNKNOWN, null);
    }
    // Within Java's wait the JVM may wait for a mutex of its own.
    return nativeLock ? with(WaitReason.NATIVE_LOCK, null) : with(java.reason(), java.object());
  }

  private FutexWait with(WaitReason why, String what) {
    return new FutexWait(
        thread, start, duration, runDelay, cpu, outcome, nativeLock, asked, waker, why, what);
  }
}
