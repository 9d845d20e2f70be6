package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.Names;
import latencyscope.ledger.Segment;
import latencyscope.ledger.Window;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Who woke whom shortly before and during a few windows, on all threads. Bounded: beyond the limit
 * the earliest read stay. Filled first, asked then; used by one thread.
 */
final class WakeEdges {
  private static final int MAX_EDGES = 200_000;
  private static final int MAX_LINKS = 8;

  private final Names names;
  private final long[] from;
  private final long[] to;
  private final Map<Long, List<Edge>> byThread = new HashMap<>();
  private int edges;
  private boolean full;
  private boolean sorted;

  /** A thread was off its CPU from {@code left}, was woken, and ran again at {@code back}. */
  private record Edge(
      ThreadId thread,
      long left,
      long woken,
      long back,
      long wakerTid,
      long wakerPid,
      Names.Waker waker) {}

  /**
   * Who woke whom.
   *
   * @param links who woke a thread, who had woken that one, and so on
   * @param outside the task of another process that begins it; null if there is none
   */
  record Chain(List<WakeLink> links, OutsideWaker outside) {
    static final Chain NONE = new Chain(List.of(), null);
  }

  /**
   * @param windows the windows whose chains are asked for
   * @param horizonNs how long before a window its chain may begin
   */
  WakeEdges(Names names, List<Window> windows, long horizonNs) {
    this.names = names;
    from = windows.stream().mapToLong(window -> window.start() - horizonNs).toArray();
    to = windows.stream().mapToLong(Window::end).toArray();
  }

  void add(KernelEvent event) {
    Names.Waker waker = event.type().equals(EventTypes.CONTEXT_SWITCH) ? names.waker(event) : null;
    if (waker == null) {
      return;
    }
    long back = event.start() + event.duration();
    if (!isAsked(event.start(), back)) {
      return;
    }
    if (edges == MAX_EDGES) {
      full = true;
      return;
    }
    edges++;
    long woken = back - Math.max(0, Math.min(event.duration(), event.number(EventFields.WAITED)));
    byThread
        .computeIfAbsent(event.thread().osTid(), tid -> new ArrayList<>())
        .add(
            new Edge(
                event.thread(),
                event.start(),
                woken,
                back,
                event.number(EventFields.WAKER_TID),
                event.number(EventFields.WAKER_PID),
                waker));
  }

  private boolean isAsked(long start, long end) {
    for (int i = 0; i < from.length; i++) {
      if (start < to[i] && end > from[i]) {
        return true;
      }
    }
    return false;
  }

  /** Whether there were too many to keep. */
  boolean isFull() {
    return full;
  }

  /**
   * Who woke a thread, who had woken that one while the first still waited, and so on: as long as
   * each was itself kept waiting when the next one waited for it already.
   *
   * @param blocked a stretch in which it was blocked
   */
  Chain chain(ThreadId thread, Segment blocked) {
    sort();
    List<WakeLink> chain = new ArrayList<>();
    long waitsSince = blocked.start();
    Edge edge = edgeAround(thread.osTid(), blocked.end());
    Edge last = null;
    while (edge != null && chain.size() < MAX_LINKS) {
      chain.add(
          new WakeLink(
              edge.thread,
              edge.waker.words(),
              edge.woken,
              edge.woken - edge.left,
              edge.back - edge.woken,
              edge.waker.kind() == Names.Waker.Kind.EITHER));
      ThreadId waker = edge.waker.maybeInterrupt() ? null : names.thread(edge.wakerTid);
      last = edge;
      // What kept the waker from waking earlier: its last stay off a CPU before it did.
      Edge before = waker == null ? null : edgeBefore(waker.osTid(), edge.woken);
      edge = before != null && before.back > waitsSince ? before : null;
    }
    return new Chain(chain, last == null ? null : outside(last, waitsSince));
  }

  private OutsideWaker outside(Edge edge, long waitsSince) {
    boolean other = !edge.waker.maybeInterrupt() && names.thread(edge.wakerTid) == null;
    return other && edge.wakerTid > 0 && edge.woken > waitsSince
        ? new OutsideWaker(
            edge.wakerTid,
            edge.wakerPid,
            edge.waker.words(),
            Math.max(waitsSince, edge.left),
            edge.woken)
        : null;
  }

  private void sort() {
    if (!sorted) {
      byThread.values().forEach(list -> list.sort(Comparator.comparingLong(Edge::back)));
      sorted = true;
    }
  }

  // The stretch may end before the thread was woken, where its window does.
  private Edge edgeAround(long tid, long blockedUntil) {
    return byThread.getOrDefault(tid, List.of()).stream()
        .filter(edge -> edge.left < blockedUntil && edge.woken >= blockedUntil)
        .findFirst()
        .orElse(null);
  }

  private Edge edgeBefore(long tid, long time) {
    Edge last = null;
    for (Edge edge : byThread.getOrDefault(tid, List.of())) {
      if (edge.back > time) {
        break;
      }
      last = edge;
    }
    return last;
  }
}
