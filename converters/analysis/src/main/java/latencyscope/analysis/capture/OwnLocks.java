package latencyscope.analysis.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.syscall.FutexWait;
import latencyscope.analysis.syscall.LockQueues;
import latencyscope.analysis.syscall.SyscallFacts;
import latencyscope.analysis.syscall.WaitReason;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;

/**
 * What the tool's own threads cost the target through native mutexes (the JVM's and malloc's): the
 * part of the target's waits in which one of them held the lock. Java's locks are not counted. Not
 * safe for use by several threads.
 */
final class OwnLocks {
  /**
   * The sum.
   *
   * @param count waits in which a thread of ours held the lock for some time
   * @param totalNs for how long in all
   * @param worstNs at most in one wait
   */
  record Sum(long count, long totalNs, long worstNs) {}

  private final List<Wait> waits = new ArrayList<>();
  private List<FutexWait> fresh = new ArrayList<>();

  /**
   * A wait that threads of such a name held up.
   *
   * @param parts of it, nanoseconds by the task that held the lock
   */
  private record Wait(Map<Task, Long> parts) {}

  void add(KernelEvent event) {
    FutexWait wait = FutexWait.of(event).because(null);
    if (wait.reason() == WaitReason.NATIVE_LOCK && !Culprits.isOwn(wait.thread().name())) {
      fresh.add(wait);
    }
  }

  void endOfChunk() {
    LockQueues.forEach(fresh, (lock, queue) -> keep(queue));
    fresh = new ArrayList<>();
  }

  private void keep(LockQueues.Queue queue) {
    for (Map<Task, Long> parts : queue.parts()) {
      if (parts.keySet().stream().anyMatch(task -> Culprits.isOwn(task.name()))) {
        waits.add(new Wait(parts));
      }
    }
  }

  /** What was lost to threads of ours. */
  Sum sum(Recording recording) {
    endOfChunk();
    Culprits culprits = new Culprits(recording);
    long count = 0;
    long total = 0;
    long worst = 0;
    for (Wait wait : waits) {
      long ns =
          wait.parts().entrySet().stream()
              .filter(part -> culprits.isOwn(part.getKey()))
              .mapToLong(Map.Entry::getValue)
              .sum();
      count += ns > 0 ? 1 : 0;
      total += ns;
      worst = Math.max(worst, ns);
    }
    return new Sum(count, total, worst);
  }

  /** Whether waits for locks were captured at all. */
  static boolean isMeasured(Recording recording) {
    return recording.probes().stream()
        .anyMatch(probe -> SyscallFacts.MODULE.equals(probe.module()) && probe.attached());
  }

  static OptionalLong ifMeasured(long value, Recording recording) {
    return Percentiles.ifMeasured(value, isMeasured(recording));
  }
}
