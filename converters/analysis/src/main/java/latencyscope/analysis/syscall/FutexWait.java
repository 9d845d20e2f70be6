package latencyscope.analysis.syscall;

import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

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
 * @param condition whether the call is that of a glibc condition, in which Java's threads park,
 *     sleep and wait
 * @param asked time limit, nanoseconds; negative if there was none or it is not known
 * @param waker who woke it; null if nobody did
 * @param reason why it waited
 * @param object class of what Java waited for; null if that is not known
 * @param mutex name of the JVM's own mutex that the futex belongs to; null if it is none
 * @param address of the futex, or of Java's lock where that is the reason; 0 if not known
 * @param stack where in the program it waited
 */
public record FutexWait(
    ThreadId thread,
    long start,
    long duration,
    long runDelay,
    int cpu,
    String outcome,
    boolean nativeLock,
    boolean condition,
    long asked,
    Task waker,
    WaitReason reason,
    String object,
    String mutex,
    long address,
    CodeStack stack)
    implements Timed {
  // The value of a glibc mutex, and of its internal locks, that is taken and waited for.
  private static final long TAKEN = 2;
  private static final String CONDITION = "wait-bitset";

  public static FutexWait of(KernelEvent event) {
    return new FutexWait(
        event.thread(),
        event.start(),
        event.duration(),
        event.number(EventFields.RUN_DELAY),
        event.cpu(),
        event.text(EventFields.OUTCOME),
        isNativeLock(event),
        CONDITION.equals(event.text(EventFields.OPERATION)),
        event.number(EventFields.ASKED, -1),
        Task.of(event, EventFields.WAKER_TASK),
        WaitReason.UNKNOWN,
        null,
        event.text(EventFields.LOCK),
        event.number(EventFields.ADDRESS),
        event.stack());
  }

  // A condition or a parked thread waits with another operation (wait-bitset), as glibc has done
  // since 2.25; the kernel's own mutexes have one that says so.
  private static boolean isNativeLock(KernelEvent event) {
    String operation = event.text(EventFields.OPERATION);
    if (operation == null) {
      return false;
    }
    return operation.startsWith("lock-pi")
        || operation.equals("wait")
            && !event.flag(EventFields.TIMED)
            && event.number(EventFields.EXPECTED) == TAKEN;
  }

  /** The same, with the reason for it: Java's, where that is known. */
  public FutexWait because(JavaWait java) {
    if (java == null) {
      return with(nativeLock ? WaitReason.NATIVE_LOCK : WaitReason.UNKNOWN, null, address, stack);
    }
    // Within Java's wait the JVM may wait for an internal mutex.
    return nativeLock
        ? with(WaitReason.NATIVE_LOCK, null, address, java.stack().or(stack))
        : with(java.reason(), java.object(), java.address(), java.stack().or(stack));
  }

  private FutexWait with(WaitReason why, String what, long where, CodeStack code) {
    return new FutexWait(
        thread,
        start,
        duration,
        runDelay,
        cpu,
        outcome,
        nativeLock,
        condition,
        asked,
        waker,
        why,
        what,
        mutex,
        where,
        code);
  }

  /** Which lock it waited for; of address 0 if that is not known. */
  LockQueues.LockId lock() {
    return reason == WaitReason.LOCK
        ? new LockQueues.LockId(object, true, object == null ? 0 : address)
        : new LockQueues.LockId(mutex, false, address);
  }

  /** Whether nothing says why the thread waited, of what may be a park, a sleep or a wait. */
  boolean isUntold() {
    return reason == WaitReason.UNKNOWN && condition;
  }

  /** When the thread could go on, nanoseconds since the epoch. */
  long released() {
    return start + blockedNs();
  }

  /** The part in which it could not run, nanoseconds. */
  long blockedNs() {
    return duration - Math.max(0, Math.min(duration, runDelay));
  }
}
