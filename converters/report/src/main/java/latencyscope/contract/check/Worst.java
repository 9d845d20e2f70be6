package latencyscope.contract.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import latencyscope.contract.Measure;
import latencyscope.contract.check.ClauseResult.Window;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Finds the longest occurrence of each measure for each thread, while a recording is read. Not safe
 * for use by several threads.
 */
final class Worst {
  private static final int MAX_KEYS = 10_000;

  /** Around what has no length: enough to see what the thread did. */
  private static final long AROUND_NS = 5_000_000;

  private record Key(ThreadId thread, Measure measure) {}

  private record Occurrence(long start, long duration) {}

  private final Map<Key, Occurrence> longest = new HashMap<>();

  /** Looks at an event of a thread. */
  void accept(KernelEvent event) {
    for (Measure measure : measures(event)) {
      Key key = new Key(event.thread(), measure);
      Occurrence before = longest.get(key);
      boolean longer = before == null || event.duration() > before.duration();
      if (longer && (before != null || longest.size() < MAX_KEYS)) {
        longest.put(key, new Occurrence(event.start(), event.duration()));
      }
    }
  }

  private static List<Measure> measures(KernelEvent event) {
    return switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT -> List.of(Measure.RUNQUEUE_WAIT);
      case EventTypes.CONTEXT_SWITCH ->
          event.flag(EventFields.VOLUNTARY) ? List.of() : List.of(Measure.PREEMPTIONS);
      case EventTypes.MIGRATION -> List.of(Measure.MIGRATIONS);
      case EventTypes.HARD_IRQ -> List.of(Measure.STOLEN_TIME, Measure.DEVICE_INTERRUPTS);
      case EventTypes.SOFT_IRQ, EventTypes.LOCAL_INTERRUPT -> List.of(Measure.STOLEN_TIME);
      case EventTypes.PAGE_FAULT ->
          List.of(
              "major".equals(event.text(EventFields.KIND))
                  ? Measure.MAJOR_FAULTS
                  : Measure.MINOR_FAULTS);
      case EventTypes.SLEEP -> List.of(Measure.SLEEPS);
      case EventTypes.BLOCKING_SYSCALL -> List.of(Measure.BLOCKING_CALLS);
      case EventTypes.FUTEX_WAIT ->
          List.of(
              "timed-out".equals(event.text(EventFields.OUTCOME)) ? Measure.SLEEPS : Measure.LOCKS);
      default -> List.of();
    };
  }

  /** The longest occurrence of a measure; empty if no event has one. */
  Optional<Window> of(ThreadId thread, Measure measure) {
    Occurrence worst = longest.get(new Key(thread, measure));
    if (worst == null) {
      return Optional.empty();
    }
    long around = worst.duration() > 0 ? 0 : AROUND_NS;
    return Optional.of(
        new Window(
            thread.name(), worst.start() - around, worst.start() + worst.duration() + around));
  }
}
