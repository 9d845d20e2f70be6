package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import latencyscope.analysis.finding.Task;

/**
 * Contended waits by lock: who held it while others waited, and which waits formed a queue.
 *
 * <p>The kernel names only the thread that ended a wait. That thread may have waited for the same
 * lock until shortly before. So all waits for one lock are ordered by their end: the thread that
 * ended a wait held the lock since the end of the wait before. Bounded: waits for further locks
 * than the limit are added up as one lock. Not safe for use by several threads.
 */
public final class LockQueues {
  private static final int MAX_LOCKS = 5_000;

  /**
   * What distinguishes locks.
   *
   * @param name of the JVM's mutex, or class of Java's lock; null for another native mutex
   * @param java whether it is a lock of Java
   * @param address of the futex or of the Java object
   */
  public record LockId(String name, boolean java, long address) {
    static final LockId OTHERS = new LockId("other locks", false, 0);
  }

  private final Map<LockId, LockAccount> accounts = new LinkedHashMap<>();

  /**
   * Waits for one lock without a gap in which nobody waited.
   *
   * @param waits in the order of their ends
   * @param parts of each wait by the thread that held the lock meanwhile, nanoseconds
   * @param longest most threads that waited at once
   */
  public record Queue(List<FutexWait> waits, List<Map<Task, Long>> parts, int longest) {
    boolean isConvoy() {
      return longest > 1;
    }

    /** Time that all threads waited, nanoseconds. */
    long waitedNs() {
      return waits.stream().mapToLong(FutexWait::blockedNs).sum();
    }
  }

  /**
   * Adds the waits of a part of the recording.
   *
   * @return those that were alone in line; the others are part of a convoy
   */
  List<FutexWait> add(List<FutexWait> waits) {
    List<FutexWait> alone = new ArrayList<>();
    waits.stream().filter(wait -> !isKnown(wait)).forEach(alone::add);
    forEach(
        waits,
        (lock, queue) -> {
          account(lock).add(queue);
          if (!queue.isConvoy()) {
            alone.addAll(queue.waits());
          }
        });
    return alone;
  }

  /** Whether it is known which lock a wait was for. */
  private static boolean isKnown(FutexWait wait) {
    return wait.lock().address() != 0;
  }

  /** Finds the queues of some waits, lock by lock. A wait for an unknown lock is in none. */
  public static void forEach(List<FutexWait> waits, BiConsumer<LockId, Queue> consumer) {
    Map<LockId, List<FutexWait>> byLock = new LinkedHashMap<>();
    for (FutexWait wait : waits) {
      if (isKnown(wait)) {
        byLock.computeIfAbsent(wait.lock(), lock -> new ArrayList<>()).add(wait);
      }
    }
    byLock.forEach((lock, ofLock) -> queues(ofLock).forEach(queue -> consumer.accept(lock, queue)));
  }

  private LockAccount account(LockId lock) {
    boolean room = accounts.size() < MAX_LOCKS || accounts.containsKey(lock);
    return accounts.computeIfAbsent(room ? lock : LockId.OTHERS, LockAccount::new);
  }

  /** All locks that were waited for, those that cost most first. */
  List<LockAccount> accounts() {
    return accounts.values().stream()
        .sorted(
            Comparator.comparingLong((LockAccount account) -> account.all().totalNs())
                .reversed()
                .thenComparing(account -> account.lock().address()))
        .toList();
  }

  private static List<Queue> queues(List<FutexWait> waits) {
    List<FutexWait> byStart = new ArrayList<>(waits);
    byStart.sort(Comparator.comparingLong(FutexWait::start).thenComparing(FutexWait::released));
    List<Queue> queues = new ArrayList<>();
    List<FutexWait> current = new ArrayList<>();
    long until = Long.MIN_VALUE;
    for (FutexWait wait : byStart) {
      if (wait.start() >= until && !current.isEmpty()) {
        queues.add(queue(current));
        current = new ArrayList<>();
      }
      current.add(wait);
      until = Math.max(until, wait.released());
    }
    if (!current.isEmpty()) {
      queues.add(queue(current));
    }
    return queues;
  }

  private static Queue queue(List<FutexWait> byStart) {
    int longest = longest(byStart);
    List<FutexWait> byEnd = new ArrayList<>(byStart);
    byEnd.sort(Comparator.comparingLong(FutexWait::released).thenComparing(FutexWait::start));
    List<Map<Task, Long>> parts = new ArrayList<>();
    for (int i = 0; i < byEnd.size(); i++) {
      parts.add(parts(byEnd, i));
    }
    return new Queue(byEnd, parts, longest);
  }

  private static int longest(List<FutexWait> byStart) {
    int longest = 0;
    PriorityQueue<FutexWait> active =
        new PriorityQueue<>(Comparator.comparingLong(FutexWait::released));
    Map<Long, Integer> waits = new HashMap<>();
    for (FutexWait wait : byStart) {
      while (!active.isEmpty() && active.peek().released() <= wait.start()) {
        long ended = active.remove().thread().osTid();
        waits.computeIfPresent(ended, (tid, count) -> count == 1 ? null : count - 1);
      }
      active.add(wait);
      waits.merge(wait.thread().osTid(), 1, Integer::sum);
      longest = Math.max(longest, waits.size());
    }
    return longest;
  }

  // The waker of a wait held the lock since the wait before it ended. A wait without a waker shows
  // no holder.
  private static Map<Task, Long> parts(List<FutexWait> byEnd, int index) {
    FutexWait wait = byEnd.get(index);
    Map<Task, Long> parts = new HashMap<>();
    long until = wait.released();
    Task holder = wait.waker();
    for (int i = index - 1; i >= 0 && until > wait.start(); i--) {
      FutexWait before = byEnd.get(i);
      if (before.released() <= wait.start()) {
        break;
      }
      if (before.waker() == null || before.waker().tid() == wait.thread().osTid()) {
        continue;
      }
      charge(parts, holder, until - before.released());
      until = before.released();
      holder = before.waker();
    }
    charge(parts, holder, until - wait.start());
    return parts;
  }

  private static void charge(Map<Task, Long> parts, Task holder, long ns) {
    if (holder != null && ns > 0) {
      parts.merge(holder, ns, Long::sum);
    }
  }
}
