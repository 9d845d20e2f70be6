package latencyscope.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import latencyscope.ledger.Window;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;

/**
 * Keeps the longest events of each of a program's own types, to be explained. Not safe for use by
 * several threads.
 */
final class SlowestEvents implements EventConsumer {
  private static final int OF_EACH = 5;
  private static final int TYPES = 4;

  // Of a program that makes a type for each of its orders.
  private static final int MAX_TYPES = 100;

  private final Map<String, Longest> types = new LinkedHashMap<>();

  /** The longest of one type. */
  private static final class Longest {
    final PriorityQueue<Window> windows =
        new PriorityQueue<>(Comparator.comparingLong(Window::duration));
    long total;
    long count;

    void add(Window window) {
      count++;
      total += window.duration();
      windows.add(window);
      if (windows.size() > OF_EACH) {
        windows.poll();
      }
    }

    List<Window> descending() {
      List<Window> descending = new ArrayList<>(windows);
      descending.sort(Comparator.comparingLong(Window::duration).reversed());
      return descending;
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
    if (event.duration() > 0 && event.thread() != null && event.thread().osTid() > 0 && room) {
      long end = event.start() + event.duration();
      types
          .computeIfAbsent(event.type(), type -> new Longest())
          .add(new Window(event.type(), event.label(), event.thread(), event.start(), end, true));
    }
  }

  /** How many events there were of a type. */
  long count(String type) {
    return types.get(type).count;
  }

  /** The longest of the types that took most time in all, type by type, the longest first. */
  List<Window> windows() {
    return types.values().stream()
        .sorted(Comparator.comparingLong((Longest longest) -> longest.total).reversed())
        .limit(TYPES)
        .flatMap(longest -> longest.descending().stream())
        .toList();
  }
}
