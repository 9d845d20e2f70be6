package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.Span;
import latencyscope.ledger.SpanIndex;
import latencyscope.ledger.Window;
import latencyscope.recording.thread.ThreadId;

/**
 * Windows by thread, and the spans that overlap any of them.
 *
 * <p>Bounded: windows beyond the limit are counted only; once there are too many spans, those that
 * concern only windows which are not among the longest are left out, and such windows are not
 * explained. Filled with windows first, sealed, then filled with spans. Used by one thread.
 */
final class WindowSet {
  static final int MAX_WINDOWS = 1_000_000;
  static final int MAX_SPANS = 500_000;
  private static final int MAX_SPANS_OF_LONGEST = 250_000;
  private static final Comparator<Window> LONGEST_FIRST =
      Comparator.comparingLong(Window::duration).reversed();

  private final int keepLongest;
  private final List<Window> windows = new ArrayList<>();
  private final Map<ThreadId, OfThread> byThread = new HashMap<>();
  private long leftOut;
  private int spans;
  private boolean spansLeftOut;
  private boolean longestIncomplete;
  private List<Stall> stalls = List.of();

  /** Windows of one thread, ordered by their begin, and its spans. */
  private static final class OfThread {
    final List<Window> windows = new ArrayList<>();
    final List<Span> spans = new ArrayList<>();
    Overlaps all;
    Overlaps longest;
  }

  /** Checks whether anything overlaps one of many windows. */
  private record Overlaps(long[] starts, long[] latestEnd) {
    static Overlaps of(List<Window> windows) {
      long[] starts = new long[windows.size()];
      long[] latestEnd = new long[windows.size()];
      for (int i = 0; i < starts.length; i++) {
        starts[i] = windows.get(i).start();
        latestEnd[i] = Math.max(windows.get(i).end(), i == 0 ? Long.MIN_VALUE : latestEnd[i - 1]);
      }
      return new Overlaps(starts, latestEnd);
    }

    boolean any(long from, long to) {
      int before = Arrays.binarySearch(starts, to);
      // Windows that begin before the end; of equal begins the search may find any.
      int last = before >= 0 ? before : -before - 2;
      while (last >= 0 && starts[last] >= to) {
        last--;
      }
      return last >= 0 && latestEnd[last] > from;
    }
  }

  /**
   * @param keepLongest how many of the longest windows are to be explained whatever the number of
   *     spans
   */
  WindowSet(int keepLongest) {
    this.keepLongest = keepLongest;
  }

  void add(Window window) {
    if (windows.size() == MAX_WINDOWS) {
      leftOut++;
      return;
    }
    windows.add(window);
  }

  /** Puts another window, of the same thread and time, in the place of each. */
  void replace(UnaryOperator<Window> by) {
    windows.replaceAll(by);
  }

  /**
   * No more windows. What concerns a virtual thread is on its carriers, as far as they are known.
   */
  void seal(Mounts mounts) {
    windows.sort(
        Comparator.comparingLong(Window::start)
            .thenComparingLong(Window::end)
            .thenComparingLong(window -> window.thread().osTid()));
    List<Window> byLength = windows.stream().sorted(LONGEST_FIRST).toList();
    stalls = findStalls(byLength);
    List<Window> longest =
        Stream.concat(byLength.stream().limit(keepLongest), stalls.stream().map(Stall::longest))
            .distinct()
            .toList();
    for (Window window : windows) {
      byThread.computeIfAbsent(window.thread(), t -> new OfThread()).windows.add(window);
      onCarriers(window, mounts)
          .forEach(w -> byThread.computeIfAbsent(w.thread(), t -> new OfThread()).windows.add(w));
    }
    byThread.values().forEach(of -> of.windows.sort(Comparator.comparingLong(Window::start)));
    Map<ThreadId, List<Window>> longestByThread = new HashMap<>();
    longest.stream()
        .flatMap(w -> Stream.concat(Stream.of(w), onCarriers(w, mounts).stream()))
        .sorted(Comparator.comparingLong(Window::start))
        .forEach(w -> longestByThread.computeIfAbsent(w.thread(), t -> new ArrayList<>()).add(w));
    byThread.forEach((thread, of) -> {
      of.all = Overlaps.of(of.windows);
      of.longest = Overlaps.of(longestByThread.getOrDefault(thread, List.of()));
    });
  }

  /** The pieces of a virtual thread's window whose carrier is known; none of another thread's. */
  static List<Window> onCarriers(Window window, Mounts mounts) {
    if (!Mounts.isVirtual(window.thread())) {
      return List.of();
    }
    // It recorded the window's end, or that it was pinned: so the carrier ran when the piece ended.
    return mounts.of(window).stream()
        .map(m -> new Window(window.event(), window.label(), m.carrier(), m.start(), m.end(), true))
        .toList();
  }

  /** Whether any window of a thread overlaps a time. */
  boolean concerns(ThreadId thread, long from, long to) {
    OfThread of = byThread.get(thread);
    return of != null && of.all.any(from, to);
  }

  void add(ThreadId thread, Span span) {
    OfThread of = byThread.get(thread);
    if (of == null || !of.all.any(span.start(), span.end())) {
      return;
    }
    if (spans >= MAX_SPANS) {
      spansLeftOut = true;
      if (!of.longest.any(span.start(), span.end())) {
        return;
      }
      if (spans >= MAX_SPANS + MAX_SPANS_OF_LONGEST) {
        longestIncomplete = true;
        return;
      }
    }
    of.spans.add(span);
    spans++;
  }

  /** All windows in order of their begin. */
  List<Window> all() {
    return windows;
  }

  private List<Stall> findStalls(List<Window> byLength) {
    List<Stall> found = new ArrayList<>();
    Map<ThreadId, List<Stall>> ofThread = new HashMap<>();
    for (Window window : byLength) {
      Optional<Stall> same =
          ofThread.getOrDefault(window.thread(), List.of()).stream()
              .filter(stall -> stall.holds(window))
              .findFirst();
      if (same.isPresent()) {
        same.get().add();
      } else if (found.size() < keepLongest) {
        Stall stall = new Stall(window);
        found.add(stall);
        ofThread.computeIfAbsent(window.thread(), thread -> new ArrayList<>()).add(stall);
      }
    }
    return found;
  }

  /** The longest stalls, the longest first: as many as were to be kept. */
  List<Stall> stalls() {
    return stalls;
  }

  /** The longest window of each of them. */
  List<Window> longest() {
    return stalls.stream().map(Stall::longest).toList();
  }

  /** Windows that are not here, because there were too many. */
  long leftOut() {
    return leftOut;
  }

  /** Whether only the longest windows can be explained. */
  boolean spansLeftOut() {
    return spansLeftOut;
  }

  /** Whether not even the longest windows can be explained in full. */
  boolean longestIncomplete() {
    return longestIncomplete;
  }

  /** Hands out each thread's windows together with an index of its spans. */
  Map<ThreadId, SpanIndex> index() {
    Map<ThreadId, SpanIndex> index = new HashMap<>();
    byThread.forEach((thread, of) -> index.put(thread, new SpanIndex(of.spans)));
    return index;
  }
}
