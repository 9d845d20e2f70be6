package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.ledger.Window;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds the events that a few windows are of, and what is recorded around them. Used by one thread.
 */
final class CircumstancesReading {
  private final Map<ThreadId, List<Of>> byThread = new HashMap<>();
  private final Map<Window, Of> byWindow = new HashMap<>();

  private static final class Of {
    final Window window;
    Map<String, Object> fields = Map.of();
    List<String> frames = List.of();
    final Map<String, Map<String, Object>> context = new LinkedHashMap<>();

    Of(Window window) {
      this.window = window;
    }
  }

  CircumstancesReading(List<Window> windows) {
    for (Window window : windows) {
      Of of = new Of(window);
      byWindow.put(window, of);
      byThread.computeIfAbsent(window.thread(), thread -> new ArrayList<>()).add(of);
    }
  }

  void add(KernelEvent event, String type) {
    for (Of of : byThread.getOrDefault(event.thread(), List.of())) {
      if (isOf(of.window, type, event.start())) {
        of.fields = event.fields();
      }
    }
  }

  void add(JvmEvent event, ThreadId thread) {
    for (Of of : byThread.getOrDefault(thread, List.of())) {
      Window window = of.window;
      if (isOf(window, event.type(), event.start())) {
        of.fields = event.fields();
        of.frames = event.stack().frames();
      } else if (event.start() <= window.start()
          && event.start() + event.duration() >= window.end()) {
        Map<String, Object> context = event.context();
        if (!context.isEmpty()) {
          of.context.put(event.type(), context);
        }
      }
    }
  }

  private static boolean isOf(Window window, String type, long start) {
    return window.start() == start && type.equals(window.event());
  }

  Circumstances of(Window window) {
    Of of = byWindow.get(window);
    return of == null ? Circumstances.NONE : new Circumstances(of.fields, of.context, of.frames);
  }
}
