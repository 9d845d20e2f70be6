package latencyscope.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.ledger.Interval;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Segment;
import latencyscope.ledger.Span;
import latencyscope.ledger.Window;
import latencyscope.recording.thread.ThreadId;

/** What is known of one thread's last minute. Not safe for use by several threads. */
final class LiveThread {
  private static final int STALLS = 24;

  /** Of more spans than these, time that two of them share is charged to both. */
  private static final int MOST_SPANS = 2_000;

  private static final int MOST_MEASURES = 64;

  private final Slots<LostTime> slots = new Slots<>(LostTime::new);
  private final Deque<Stall> stalls = new ArrayDeque<>();
  private final List<Span> pending = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private ThreadId id;
  private long lastSeen;

  LiveThread(ThreadId id) {
    this.id = id;
  }

  ThreadId id() {
    return id;
  }

  void renamed(ThreadId newId) {
    id = newId;
  }

  /** End of its latest event, nanoseconds since the epoch. */
  long lastSeen() {
    return lastSeen;
  }

  void add(Span span) {
    lastSeen = Math.max(lastSeen, span.end());
    pending.add(span);
    if (pending.size() >= MOST_SPANS) {
      charge();
    }
  }

  void add(Stall stall) {
    stalls.addFirst(stall);
    if (stalls.size() > STALLS) {
      stalls.removeLast();
    }
    LostTime slot = slots.at(Slots.number(stall.end()));
    if (slot != null) {
      slot.stall(stall.ns());
    }
  }

  /** Adds to an exact count, which has shorter events in it, too. */
  void count(String measure, long value) {
    if (counts.size() < MOST_MEASURES || counts.containsKey(measure)) {
      counts.merge(measure, value, Long::sum);
    }
  }

  /** Charges what came since the last time: each moment once, as the ledger does. */
  void charge() {
    if (pending.isEmpty()) {
      return;
    }
    long end = pending.stream().mapToLong(Span::end).max().orElseThrow();
    long start = pending.stream().mapToLong(Span::start).min().orElseThrow();
    // Nobody asks for more than the last minute of a thread that was blocked for a day.
    long from = Math.min(end, Math.max(start, Slots.oldest(end) * Slots.SLOT_NS));
    Window window = new Window(null, null, id, from, end, false);
    for (Segment segment : Ledger.of(window, pending, Interval.EMPTY).segments()) {
      if (segment.span() != null) {
        charge(segment);
      }
    }
    pending.clear();
  }

  private void charge(Segment segment) {
    long at = segment.start();
    while (at < segment.end()) {
      long number = Slots.number(at);
      long until = Math.min(segment.end(), (number + 1) * Slots.SLOT_NS);
      LostTime slot = slots.at(number);
      if (slot != null) {
        slot.add(segment.cause(), until - at);
      }
      at = until;
    }
  }

  LostTime sum(long until, int seconds) {
    LostTime sum = new LostTime();
    slots.visit(until, seconds, sum::add);
    return sum;
  }

  /** Its last stalls, the latest first. */
  List<Stall> stalls() {
    return List.copyOf(stalls);
  }

  /** Exact counts since the begin, by measure. */
  Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }
}
