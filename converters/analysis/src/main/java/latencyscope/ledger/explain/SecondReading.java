package latencyscope.ledger.explain;

import java.util.Set;
import latencyscope.ledger.SpanReader;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Gives each window what is recorded of its thread meanwhile, and learns when threads ran. Used by
 * one thread.
 */
final class SecondReading implements EventConsumer {
  private final SpanReader reader;
  private final FirstReading first;
  private final WindowSet windows;
  private final WakeEdges edges;
  private final CircumstancesReading circumstances;

  SecondReading(
      SpanReader reader, FirstReading first, WakeEdges edges, CircumstancesReading circumstances) {
    this.reader = reader;
    this.first = first;
    this.windows = first.windows;
    this.edges = edges;
    this.circumstances = circumstances;
  }

  @Override
  public void accept(KernelEvent event) {
    ThreadId thread = event.thread();
    if (thread == null || thread.osTid() <= 0) {
      return;
    }
    long end = event.start() + event.duration();
    first.coverage.addRuns(event);
    edges.add(event);
    circumstances.add(event, event.fullType());
    if (windows.concerns(thread, event.start(), end)) {
      reader.of(event).forEach(span -> windows.add(thread, span));
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    // Real, only not counted: it explains as well as any other.
    accept(event);
  }

  @Override
  public boolean wants(String type) {
    return first.wants(type);
  }

  @Override
  public boolean wants(String type, Set<String> contextual) {
    return wants(type) || !contextual.isEmpty();
  }

  @Override
  public void accept(JvmEvent event) {
    first.addRuns(event);
    ThreadId thread = event.thread();
    circumstances.add(event, thread);
    if (SpanReader.JAVA_WAITS.containsKey(event.type())
        && thread != null
        && windows.concerns(thread, event.start(), event.start() + event.duration())) {
      windows.add(thread, reader.of(event));
    }
  }
}
