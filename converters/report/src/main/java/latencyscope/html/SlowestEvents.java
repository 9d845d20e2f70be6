package latencyscope.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Stall;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;

/**
 * Finds the longest stalls of each of a program's own types of events, to be explained: first the
 * longest event of each stall, then, when all events come once more, how many others fell into the
 * same. Bounded: it keeps a few events of a type. Not safe for use by several threads.
 */
final class SlowestEvents implements EventConsumer {
  private static final int OF_EACH = 5;
  private static final int TYPES = 4;

  // Of a program that makes a type for each of its orders.
  private static final int MAX_TYPES = 100;

  // Of these the longest are shown: one that a longer event replaces is no stall of its own.
  private static final int CANDIDATES = 64;

  private static final Comparator<Window> LONGEST_FIRST =
      Comparator.comparingLong(Window::duration).reversed().thenComparing(Window::start);

  private final Map<String, Longest> types = new LinkedHashMap<>();

  /** The longest of one type: one event of each stall, the longest first. */
  private static final class Longest {
    final List<Window> windows = new ArrayList<>();
    List<Stall> stalls = List.of();
    long total;
    long count;

    void add(Window window) {
      count++;
      total += window.duration();
      boolean isFull = windows.size() == CANDIDATES;
      if (isFull && window.duration() <= windows.get(CANDIDATES - 1).duration()) {
        return;
      }
      if (windows.stream().anyMatch(longer -> isSame(longer, window))) {
        return;
      }
      windows.removeIf(shorter -> isSame(window, shorter));
      windows.add(window);
      windows.sort(LONGEST_FIRST);
      if (windows.size() > CANDIDATES) {
        windows.remove(CANDIDATES);
      }
    }

    private static boolean isSame(Window longer, Window shorter) {
      return longer.duration() >= shorter.duration()
          && longer.thread().equals(shorter.thread())
          && new Stall(longer).holds(shorter);
    }

    void count(Window window) {
      for (Stall stall : stalls) {
        Window longest = stall.longest();
        if (longest.thread().equals(window.thread()) && stall.holds(window)) {
          if (!longest.equals(window)) {
            stall.add();
          }
          return;
        }
      }
    }
  }

  @Override
  public void accept(KernelEvent event) {}

  @Override
  public boolean wants(String type) {
    return !type.startsWith("jdk.");
  }

  @Override
  public void accept(JvmEvent event) {
    boolean room = types.size() < MAX_TYPES || types.containsKey(event.type());
    if (isOfThread(event) && room) {
      types.computeIfAbsent(event.type(), type -> new Longest()).add(window(event));
    }
  }

  private static boolean isOfThread(JvmEvent event) {
    return event.duration() > 0 && event.thread() != null && event.thread().osTid() > 0;
  }

  private static Window window(JvmEvent event) {
    long end = event.start() + event.duration();
    return new Window(event.type(), event.label(), event.thread(), event.start(), end, true);
  }

  /** How many events there were of a type. */
  long count(String type) {
    return types.get(type).count;
  }

  /**
   * The longest stalls of the types that took most time in all, type by type, the longest first. No
   * more events, but for those that {@link #counting} gets.
   */
  List<Stall> stalls() {
    return types.values().stream()
        .sorted(Comparator.comparingLong((Longest longest) -> longest.total).reversed())
        .limit(TYPES)
        .peek(l -> l.stalls = l.windows.stream().limit(OF_EACH).map(Stall::new).toList())
        .flatMap(longest -> longest.stalls.stream())
        .toList();
  }

  /** Counts what fell into each of these stalls, when all events come once more. */
  EventConsumer counting() {
    return new EventConsumer() {
      @Override
      public void accept(KernelEvent event) {}

      @Override
      public boolean wants(String type) {
        return SlowestEvents.this.wants(type);
      }

      @Override
      public void accept(JvmEvent event) {
        Longest longest = types.get(event.type());
        if (longest != null && isOfThread(event)) {
          longest.count(window(event));
        }
      }
    };
  }
}
