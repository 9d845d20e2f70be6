package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.ModuleEvents;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Tally;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/**
 * Adds up the syscall module's events while they are read, once it is known why a futex was waited
 * for. Not safe for use by several threads.
 */
final class SyscallEvents implements ModuleEvents {
  /** To which a length is known, of those that are compared with a threshold. */
  private static final int DIGITS = 2;

  /**
   * What distinguishes contended waits.
   *
   * @param waker who gave the lock up; null if nobody woke the thread
   * @param object class of the lock; null if it is not Java's
   * @param mutex name of the JVM's own mutex; null if it is none
   */
  record LockKey(ThreadId thread, Task waker, String object, String mutex, int cpu) {}

  /** What distinguishes sleeps. */
  record NapKey(ThreadId thread, String call, int cpu) {}

  /** What distinguishes other calls. */
  record CallKey(ThreadId thread, String call, String file, boolean sampled, int cpu) {
    boolean isForInput() {
      return !sampled && BlockedCall.isForInput(call, file);
    }
  }

  final Tally<LockKey, FutexWait> locks =
      new Tally<>(
          FutexWait::duration, wait -> key(wait, wait.waker()), wait -> key(wait, Task.OTHERS));
  final Tally<NapKey, Nap> naps =
      new Tally<>(Nap::duration, SyscallEvents::key, SyscallEvents::key);
  final Tally<CallKey, BlockedCall> calls =
      new Tally<>(BlockedCall::duration, SyscallEvents::key, SyscallEvents::key);
  final LockQueues queues = new LockQueues();
  private List<FutexWait> contended = new ArrayList<>();
  private final Map<ThreadId, Map<WaitReason, Long>> reasons = new HashMap<>();
  private final FutexReasons futexes = new FutexReasons(this::settle);
  private final Map<ThreadId, JavaWait> slept = new HashMap<>();
  private final Map<ThreadId, Histogram> untold = new HashMap<>();
  private long javaSleeps;
  private boolean hasJavaWaits;

  private static LockKey key(FutexWait wait, Task waker) {
    boolean others = waker == Task.OTHERS;
    return new LockKey(
        wait.thread(),
        waker,
        others ? null : wait.object(),
        others || wait.reason() == WaitReason.LOCK ? null : wait.mutex(),
        wait.cpu());
  }

  private static NapKey key(Nap nap) {
    return new NapKey(nap.thread(), nap.call(), nap.cpu());
  }

  private static CallKey key(BlockedCall call) {
    return new CallKey(call.thread(), call.call(), call.file(), call.sampled(), call.cpu());
  }

  @Override
  public void add(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.FUTEX_WAIT -> futexes.add(FutexWait.of(event));
      case EventTypes.BLOCKING_SYSCALL -> calls.add(BlockedCall.of(event));
      case EventTypes.SLEEP -> naps.add(Nap.of(event));
      default -> {} // a type of a newer schema
    }
  }

  void add(JvmEvent event) {
    hasJavaWaits = true;
    futexes.add(event);
  }

  /** Judges the waits of the chunk that has ended. */
  void endOfChunk() {
    futexes.endOfChunk();
    queues.add(contended).forEach(locks::add);
    contended = new ArrayList<>();
  }

  /** Judges what is left; called after the last event. */
  void end() {
    endOfChunk();
    endOfChunk();
  }

  private void settle(FutexWait wait, JavaWait recorded) {
    reasons
        .computeIfAbsent(wait.thread(), thread -> new EnumMap<>(WaitReason.class))
        .merge(wait.reason(), 1L, Long::sum);
    if (wait.isUntold()) {
      untold
          .computeIfAbsent(wait.thread(), thread -> new Histogram(DIGITS))
          .recordValue(Math.max(0, wait.duration()));
    }
    if (wait.reason().isContended()) {
      contended.add(wait);
    } else if (wait.reason() == WaitReason.SLEEP
        && !recorded.equals(slept.put(wait.thread(), recorded))) {
      naps.add(Nap.of(wait, recorded));
      javaSleeps++;
    }
  }

  /** How many sleeps both the kernel and the JVM recorded. */
  long javaSleeps() {
    return javaSleeps;
  }

  /** How many futex waits had a reason, of those that are in the recording as events. */
  long count(WaitReason reason) {
    return reasons.values().stream().mapToLong(counts -> counts.getOrDefault(reason, 0L)).sum();
  }

  /** The same of one thread. */
  long count(ThreadId thread, WaitReason reason) {
    return reasons.getOrDefault(thread, Map.of()).getOrDefault(reason, 0L);
  }

  /**
   * How long each thread's waits were, nanoseconds, that look like a park, a sleep or a wait for a
   * lock while no event of the JVM says which: threads of native code wait like that, too, and Java
   * threads for the JVM itself.
   */
  Map<ThreadId, Histogram> untold() {
    return Collections.unmodifiableMap(untold);
  }

  /** Whether the JVM itself recorded waits. */
  boolean hasJavaWaits() {
    return hasJavaWaits;
  }

  /** Time that threads were held up: in contended locks, and in calls that were not for input. */
  Map<ThreadId, Long> heldUpNs() {
    Map<ThreadId, Long> heldUp = new HashMap<>();
    locks
        .by(LockKey::thread, key -> true)
        .forEach((thread, sum) -> heldUp.merge(thread, sum.total(), Long::sum));
    for (LockAccount account : queues.accounts()) {
      account
          .queued()
          .waiters()
          .forEach((thread, waits) -> heldUp.merge(thread, waits.total(), Long::sum));
    }
    calls
        .by(CallKey::thread, key -> !key.isForInput())
        .forEach((thread, sum) -> heldUp.merge(thread, sum.total(), Long::sum));
    return heldUp;
  }
}
