package latencyscope.ledger.lost;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import latencyscope.ledger.Segment;
import latencyscope.ledger.explain.Sorted;
import latencyscope.recording.thread.ThreadId;

/**
 * What the threads that matter lost of their time: those that are busy, and those that record
 * operations of the application. Immutable; safe for use by several threads.
 */
public final class LostTime {
  /** Of a recording in which no thread is known to matter. */
  public static final LostTime NONE = new LostTime(List.of(), null, new Stops(), false);

  private final List<ThreadLoss> threads;
  private final Map<Key, ThreadLoss> byThread = new HashMap<>();
  private final Operations operations;
  private final Stops stops;
  private final boolean incomplete;

  // Of a thread that was born meanwhile, counts and events may differ in whether Java knows it.
  private record Key(long osTid, String name) {
    static Key of(ThreadId thread) {
      return new Key(thread.osTid(), thread.name());
    }
  }

  LostTime(List<ThreadLoss> threads, Operations operations, Stops stops, boolean incomplete) {
    this.threads = List.copyOf(threads);
    this.operations = operations;
    this.stops = stops;
    this.incomplete = incomplete;
    threads.forEach(loss -> byThread.put(Key.of(loss.thread()), loss));
  }

  /** The threads that matter, the busy ones first, of these the one that lost most. */
  public List<ThreadLoss> threads() {
    return threads;
  }

  /** What a thread lost; empty if it does not matter. */
  public Optional<ThreadLoss> of(ThreadId thread) {
    return Optional.ofNullable(byThread.get(Key.of(thread)));
  }

  /** What a stretch of a thread was stopped for; null if it was not stopped. */
  public Stop stop(Segment segment) {
    return stops.of(segment);
  }

  /** Whether there were too many events to keep all, so that some of the time is missing. */
  public boolean isIncomplete() {
    return incomplete;
  }

  /** Full name of the type of the operations that are judged; empty if there are none. */
  public Optional<String> event() {
    return Optional.ofNullable(operations).map(Operations::type);
  }

  /**
   * What would remain without some of the lost time.
   *
   * @param removed whether a stretch of a thread would not have been
   */
  public Without without(BiPredicate<ThreadId, Segment> removed) {
    Map<Key, Gone> gone = new HashMap<>();
    long lost = 0;
    long remaining = 0;
    for (ThreadLoss loss : threads) {
      List<Segment> out =
          loss.stretches().stream().filter(one -> removed.test(loss.thread(), one)).toList();
      gone.put(Key.of(loss.thread()), new Gone(out));
      lost += loss.lost();
      remaining += loss.lost() - out.stream().mapToLong(Segment::ns).sum();
    }
    if (operations == null) {
      return new Without(null, new Sorted(new long[0]), new Sorted(new long[0]), lost, remaining);
    }
    long[] with = new long[operations.count()];
    long[] without = new long[operations.count()];
    for (int i = 0; i < with.length; i++) {
      Gone ofThread = gone.get(Key.of(operations.thread(i)));
      long start = operations.start(i);
      long end = start + operations.length(i);
      with[i] = operations.length(i);
      without[i] = with[i] - (ofThread == null ? 0 : ofThread.within(start, end));
    }
    return new Without(operations.type(), new Sorted(with), new Sorted(without), lost, remaining);
  }

  /** Stretches that are taken out of a thread's time, added up from the first on. */
  private static final class Gone {
    private final long[] starts;
    private final long[] ends;
    private final long[] before;

    Gone(List<Segment> inOrder) {
      starts = inOrder.stream().mapToLong(Segment::start).toArray();
      ends = inOrder.stream().mapToLong(Segment::end).toArray();
      before = new long[starts.length + 1];
      for (int i = 0; i < starts.length; i++) {
        before[i + 1] = before[i] + ends[i] - starts[i];
      }
    }

    long within(long from, long to) {
      return until(to) - until(from);
    }

    /** How much of them lies before a time. */
    private long until(long time) {
      int low = 0;
      int high = starts.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (starts[middle] < time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low == 0 ? 0 : before[low] - Math.max(0, ends[low - 1] - time);
    }
  }
}
