package latencyscope.timeline;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Who ran on which CPU, as far as a recording says so: a watched thread between two of its
 * switches, and a culprit while a watched thread waited for it. Switches below the threshold are
 * not seen, so that a run may hold short ones. Not safe for use by several threads.
 */
public final class CpuRuns implements EventConsumer {
  /** Type of the slices. */
  public static final String RAN = "Ran";

  // A wait has shares where several tasks ran in it; else its culprit ran nearly all of it.
  private static final double NEARLY_ALL = 0.9;

  private final Consumer<Slice> consumer;
  private final Map<ThreadId, Return> returns = new HashMap<>();

  private record Return(long at, int cpu) {}

  /**
   * @param consumer gets a slice on the CPU for every run, and one on the thread for each of its
   *     own
   */
  public CpuRuns(Consumer<Slice> consumer) {
    this.consumer = consumer;
  }

  @Override
  public void accept(KernelEvent event) {
    switch (event.type()) {
      case EventTypes.CONTEXT_SWITCH -> switched(event);
      case EventTypes.WAIT_SHARE -> culprit(event, event.duration());
      case EventTypes.RUN_QUEUE_WAIT -> {
        long held = event.number(EventFields.CULPRIT_HELD);
        if (event.number(EventFields.SHARES) == 0 && held >= event.duration() * NEARLY_ALL) {
          culprit(event, event.duration());
        }
      }
      default -> {}
    }
  }

  private void switched(KernelEvent event) {
    if (event.thread() == null) {
      return;
    }
    Return before = returns.get(event.thread());
    if (before != null && before.at() < event.start() && before.cpu() == event.cpu()) {
      ThreadId thread = event.thread();
      String name = thread.name().isEmpty() ? "thread " + thread.osTid() : thread.name();
      long length = event.start() - before.at();
      ran(Lane.ofCpu(event.cpu()), event, name, before.at(), length);
      ran(Lane.of(thread), event, "on CPU " + event.cpu(), before.at(), length);
    }
    returns.put(
        event.thread(),
        new Return(event.start() + event.duration(), (int) event.number(EventFields.RETURN_CPU)));
  }

  private void culprit(KernelEvent event, long length) {
    String name = event.text(EventFields.CULPRIT);
    if (name != null && event.cpu() >= 0) {
      ran(Lane.ofCpu(event.cpu()), event, name, event.start(), length);
    }
  }

  private void ran(Lane lane, KernelEvent event, String name, long start, long length) {
    consumer.accept(
        new Slice(
            lane, null, event.cpu(), event.module(), RAN, name, start, length, false, Map.of()));
  }
}
