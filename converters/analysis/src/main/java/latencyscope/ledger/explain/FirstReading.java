package latencyscope.ledger.explain;

import java.util.HashMap;
import java.util.Map;
import latencyscope.ledger.Coverage;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.Window;
import latencyscope.ledger.autopsy.Autopsy;
import latencyscope.ledger.safepoint.GarbageCollections;
import latencyscope.ledger.safepoint.Pause;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds the windows, and what must be known of a recording before any can be explained. Used by one
 * thread.
 */
final class FirstReading implements EventConsumer {
  private static final String SPAN = "profiler.Span"; // async-profiler 4.5 and newer
  private static final ThreadId NOBODY = new ThreadId(0, "", 0);

  private final Query query;
  private final Query.Matcher threads;
  private final GarbageCollections collections = new GarbageCollections();
  private final Map<Window, Long> pauses = new HashMap<>();
  private final Marks marks = new Marks();
  private final WindowSet withoutOwnThread = new WindowSet(0);
  final Coverage coverage = new Coverage();
  final Safepoints safepoints = new Safepoints();
  final Mounts mounts = new Mounts();
  final WindowSet windows;
  long withoutThread;
  boolean isBetween;
  long ofOwnThreads;
  String eventName;

  FirstReading(Query query) {
    this.query = query;
    threads = query.threads();
    windows = new WindowSet(query.top());
    eventName = query.event();
  }

  @Override
  public void accept(KernelEvent event) {
    coverage.add(event);
    String type = event.fullType();
    if (query.isEvent(type) && query.hasFields(event::fields)) {
      add(type, type, event.thread(), event.start(), event.duration(), true);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    coverage.addExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return query.isEvent(type)
        || type.equals(Mounts.PINNED)
        || type.equals(GarbageCollections.TYPE)
        || Safepoints.wants(type)
        || SpanReader.JAVA_WAITS.containsKey(type);
  }

  @Override
  public void accept(JvmEvent event) {
    if (Safepoints.wants(event.type())) {
      safepoints.add(event);
    }
    if (event.type().equals(GarbageCollections.TYPE)) {
      collections.add(event);
    }
    if (event.type().equals(Mounts.PINNED)) {
      mounts.add(event);
    }
    ThreadId thread = carrier(event);
    if (query.isEvent(event.type()) && query.hasFields(event::fields)) {
      addAsked(event, thread);
    }
  }

  private void addAsked(JvmEvent event, ThreadId thread) {
    if (event.duration() > 0) {
      Window window =
          add(event.type(), label(event), thread, event.start(), event.duration(), true);
      if (window != null && event.type().equals(Autopsy.PAUSE)) {
        pauses.put(window, event.number("gcId"));
      }
    } else if (thread != null
        && !query.leavesOut(thread)
        && threads.matches(thread)
        && query.isWithin(event.start(), event.start())) {
      marks.add(event.type(), event.label(), thread, event.start());
    }
  }

  // Kernel events of a virtual thread are on its carrier: where it was pinned, the JVM names it.
  private static ThreadId carrier(JvmEvent event) {
    ThreadId carrier = event.thread("carrierThread");
    return carrier == null ? event.thread() : carrier;
  }

  /** A thread that records something runs then; for the second reading. */
  void addRuns(JvmEvent event) {
    ThreadId thread = carrier(event);
    if (thread != null && thread.osTid() > 0) {
      coverage.ran(thread, event.start() + event.duration());
    }
  }

  // A pause has its own name, which says more than that of its type; a span of async-profiler's has
  // a tag.
  private static String label(JvmEvent event) {
    String name = event.text("name");
    if (name == null && event.type().equals(SPAN)) {
      name = event.text("tag");
    }
    return name == null ? event.label() : name;
  }

  /** No more events: pauses get the cause of their collection, whose event comes after them. */
  void complete(Recording recording) {
    coverage.complete(recording);
    if (windows.all().isEmpty() && !marks.isEmpty()) {
      isBetween = true;
      marks.addTo(windows);
    }
    addMeanwhile(recording);
    windows.replace(window -> {
      Long gcId = pauses.get(window);
      if (gcId == null) {
        return window;
      }
      GarbageCollections.Of gc = collections.of(gcId);
      return window.labelled(Pause.words(gcId, window.label(), gc.collector(), gc.cause()));
    });
  }

  // Of what belongs to no thread, such as a whole collection, the threads that are asked for are
  // explained meanwhile.
  private void addMeanwhile(Recording recording) {
    for (Window window : withoutOwnThread.all()) {
      for (ThreadId thread : recording.threads()) {
        if (thread.osTid() > 0 && threads.matches(thread)) {
          windows.add(
              new Window(
                  window.event(), window.label(), thread, window.start(), window.end(), false));
        }
      }
    }
  }

  private Window add(
      String type, String label, ThreadId thread, long start, long duration, boolean own) {
    eventName = type;
    if (thread == null && query.thread() != null && query.isWithin(start, start + duration)) {
      withoutOwnThread.add(new Window(type, label, NOBODY, start, start + duration, false));
    } else if (thread == null) {
      withoutThread++;
    } else if (query.leavesOut(thread)) {
      ofOwnThreads++;
    } else if (threads.matches(thread) && query.isWithin(start, start + duration)) {
      Window window = new Window(type, label, thread, start, start + duration, own);
      windows.add(window);
      return window;
    }
    return null;
  }
}
