package latencyscope.analysis.syscall;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.recording.thread.ThreadId;

/** All waits for one lock, added up. Not safe for use by several threads. */
final class LockAccount {
  private final LockQueues.LockId lock;
  private final Sums all = new Sums();
  private final Sums queued = new Sums();
  private long convoys;
  private int longestQueue;
  private LockQueues.Queue worst;

  LockAccount(LockQueues.LockId lock) {
    this.lock = lock;
  }

  /**
   * A thread's waits.
   *
   * @param count how many
   * @param total nanoseconds without the time in which it could run
   * @param worst the longest
   */
  record Waits(long count, long total, FutexWait worst) {
    private static final Comparator<FutexWait> ORDER = Timed.byCost(FutexWait::blockedNs);

    Waits plus(Waits other) {
      FutexWait longer = BinaryOperator.maxBy(ORDER).apply(worst, other.worst);
      return new Waits(count + other.count, total + other.total, longer);
    }
  }

  /** Who waited, and who held the lock meanwhile. */
  static final class Sums {
    private final Map<ThreadId, Waits> waiters = new LinkedHashMap<>();
    private final Map<Task, Long> holders = new HashMap<>();
    private long count;
    private long totalNs;
    private long maxNs;

    /** The waits of one queue. */
    static Sums of(LockQueues.Queue queue) {
      Sums sums = new Sums();
      sums.add(queue);
      return sums;
    }

    private void add(LockQueues.Queue queue) {
      for (int i = 0; i < queue.waits().size(); i++) {
        FutexWait wait = queue.waits().get(i);
        count++;
        totalNs += wait.blockedNs();
        maxNs = Math.max(maxNs, wait.blockedNs());
        waiters.merge(wait.thread(), new Waits(1, wait.blockedNs(), wait), Waits::plus);
        queue.parts().get(i).forEach((holder, ns) -> holders.merge(holder, ns, Long::sum));
      }
    }

    /** Waits by thread. */
    Map<ThreadId, Waits> waiters() {
      return waiters;
    }

    /** Time that threads waited for each holder, the longest first. */
    List<Map.Entry<Task, Long>> holders(UnaryOperator<Task> named) {
      Map<Task, Long> sums = new LinkedHashMap<>();
      holders.forEach((holder, ns) -> sums.merge(named.apply(holder), ns, Long::sum));
      return sums.entrySet().stream()
          .sorted(
              Map.Entry.<Task, Long>comparingByValue()
                  .reversed()
                  .thenComparing(entry -> entry.getKey().describe()))
          .toList();
    }

    long count() {
      return count;
    }

    long totalNs() {
      return totalNs;
    }

    long maxNs() {
      return maxNs;
    }
  }

  void add(LockQueues.Queue queue) {
    all.add(queue);
    longestQueue = Math.max(longestQueue, queue.longest());
    if (!queue.isConvoy()) {
      return;
    }
    queued.add(queue);
    convoys++;
    if (worst == null || queue.waitedNs() > worst.waitedNs()) {
      worst = queue;
    }
  }

  /** Which lock it is. */
  LockQueues.LockId lock() {
    return lock;
  }

  /** Every wait. */
  Sums all() {
    return all;
  }

  /** Waits in which another thread waited, too. */
  Sums queued() {
    return queued;
  }

  /** How often several threads waited at once. */
  long convoys() {
    return convoys;
  }

  /** Most threads that waited at once. */
  int longestQueue() {
    return longestQueue;
  }

  /** The queue in which threads lost most time; null if never two waited at once. */
  LockQueues.Queue worst() {
    return worst;
  }
}
