package latencyscope.analysis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.JvmEvent;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * Adds up the syscall module's events while they are read, once it is known why a futex was waited
 * for. Not safe for use by several threads.
 */
final class SyscallEvents {
  /**
   * What tells contended waits apart.
   *
   * @param waker who gave the lock up; null if nobody woke the thread
   * @param object class of the lock; null if it is not Java's
   */
  record LockKey(ThreadId thread, Task waker, String object, int cpu) {}

  /** What tells sleeps apart. */
  record NapKey(ThreadId thread, String call, int cpu) {}

  /** What tells other calls apart. */
  record CallKey(ThreadId thread, String call, String file, int cpu) {
    boolean isForInput() {
      return BlockedCall.isForInput(call, file);
    }
  }

  final Tally<LockKey, FutexWait> locks =
      new Tally<>(
          FutexWait::duration,
          wait -> new LockKey(wait.thread(), wait.waker(), wait.object(), wait.cpu()),
          wait -> new LockKey(wait.thread(), Task.OTHERS, null, wait.cpu()));
  final Tally<NapKey, Nap> naps =
      new Tally<>(Nap::duration, SyscallEvents::key, SyscallEvents::key);
  final Tally<CallKey, BlockedCall> calls =
      new Tally<>(BlockedCall::duration, SyscallEvents::key, SyscallEvents::key);
  private final Map<ThreadId, Map<WaitReason, Long>> reasons = new HashMap<>();
  private final JavaWaits java = new JavaWaits();
  private List<FutexWait> fresh = new ArrayList<>();
  private List<FutexWait> carried = new ArrayList<>();
  private final Map<ThreadId, JavaWait> slept = new HashMap<>();
  private long javaSleeps;
  private boolean javaTells;

  private static NapKey key(Nap nap) {
    return new NapKey(nap.thread(), nap.call(), nap.cpu());
  }

  private static CallKey key(BlockedCall call) {
    return new CallKey(call.thread(), call.call(), call.file(), call.cpu());
  }

  void add(KernelEvent event) {
    switch (event.type()) {
      case "FutexWait" -> fresh.add(FutexWait.of(event));
      case "BlockingSyscall" -> calls.add(BlockedCall.of(event));
      case "Sleep" -> naps.add(Nap.of(event));
      default -> {} // a type of a newer schema
    }
  }

  void add(JvmEvent event) {
    javaTells = true;
    java.add(event);
  }

  /**
   * Judges the waits of the chunk that has ended. Those of which Java does not tell get a second
   * chance: its event may have come after the border.
   */
  void endOfChunk() {
    java.sort();
    List<FutexWait> untold = new ArrayList<>();
    for (FutexWait wait : fresh) {
      JavaWait reason = reason(wait);
      if (reason == null) {
        untold.add(wait);
      } else {
        settle(wait, reason);
      }
    }
    carried.forEach(wait -> settle(wait, reason(wait)));
    java.age();
    carried = untold;
    fresh = new ArrayList<>();
  }

  /** Judges what is left; called after the last event. */
  void end() {
    endOfChunk();
    endOfChunk();
  }

  // Java's event begins before the call and ends after it, whatever the two clocks are off by.
  private JavaWait reason(FutexWait wait) {
    return java.at(wait.thread().osTid(), wait.start() + wait.duration() / 2);
  }

  private void settle(FutexWait untold, JavaWait told) {
    FutexWait wait = untold.because(told);
    reasons
        .computeIfAbsent(wait.thread(), thread -> new EnumMap<>(WaitReason.class))
        .merge(wait.reason(), 1L, Long::sum);
    if (wait.reason().isContended()) {
      locks.add(wait);
    } else if (wait.reason() == WaitReason.SLEEP && !told.equals(slept.put(wait.thread(), told))) {
      naps.add(Nap.of(wait, told));
      javaSleeps++;
    }
  }

  /** How many sleeps the JVM told of that the kernel saw. */
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

  /** Whether the JVM itself told of waits. */
  boolean javaTells() {
    return javaTells;
  }

  /** Time that threads were held up: in contended locks, and in calls that were not for input. */
  Map<ThreadId, Long> heldUpNs() {
    Map<ThreadId, Long> heldUp = new HashMap<>();
    locks
        .by(LockKey::thread, key -> true)
        .forEach((thread, sum) -> heldUp.merge(thread, sum.total(), Long::sum));
    calls
        .by(CallKey::thread, key -> !key.isForInput())
        .forEach((thread, sum) -> heldUp.merge(thread, sum.total(), Long::sum));
    return heldUp;
  }
}
