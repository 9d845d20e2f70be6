package latencyscope.ledger;

import latencyscope.recording.EventConsumer;
import latencyscope.recording.JvmEvent;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * Finds the windows, and what must be known of a recording before any can be explained. Used by one
 * thread.
 */
final class FirstReading implements EventConsumer {
  private final Query query;
  private final Query.Matcher threads;
  final Coverage coverage = new Coverage();
  final Safepoints safepoints = new Safepoints();
  final Mounts mounts = new Mounts();
  final WindowSet windows;
  long withoutThread;
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
    String type = "latencyscope." + event.type();
    if (query.isEvent(type)) {
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
        || Safepoints.wants(type)
        || SpanReader.JAVA_WAITS.containsKey(type);
  }

  @Override
  public void accept(JvmEvent event) {
    if (Safepoints.wants(event.type())) {
      safepoints.add(event);
    }
    if (event.type().equals(Mounts.PINNED)) {
      mounts.add(event);
    }
    ThreadId thread = carrier(event);
    if (thread != null && thread.osTid() > 0) {
      coverage.ran(thread, event.start() + event.duration());
    }
    if (query.isEvent(event.type())) {
      boolean hasLength = event.hasDuration() && event.duration() > 0;
      if (hasLength) {
        add(event.type(), label(event), thread, event.start(), event.duration(), true);
      }
    }
  }

  // Kernel events of a virtual thread are on its carrier: where it was pinned, the JVM names it.
  private static ThreadId carrier(JvmEvent event) {
    ThreadId carrier = event.thread("carrierThread");
    return carrier == null ? event.thread() : carrier;
  }

  // A pause has a name of its own, which says more than that of its type.
  private static String label(JvmEvent event) {
    String name = event.text("name");
    return name == null ? event.label() : name;
  }

  private void add(
      String type, String label, ThreadId thread, long start, long duration, boolean own) {
    eventName = type;
    if (thread == null) {
      withoutThread++;
    } else if (threads.matches(thread) && query.isWithin(start, start + duration)) {
      windows.add(new Window(type, label, thread, start, start + duration, own));
    }
  }
}
