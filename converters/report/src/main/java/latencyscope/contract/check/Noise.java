package latencyscope.contract.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import latencyscope.analysis.finding.Task;
import latencyscope.contract.Measure;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.TaskField;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Collects, while a recording is read, who kept threads from running and when it was worst: whether
 * it was the target itself turns out when the recording is known. Not safe for use by several
 * threads.
 */
public final class Noise implements EventConsumer {
  private static final int MAX_KEYS = 4_000;
  private static final int MAX_WAITS = 10_000;
  private static final int LONG_WAIT_NS = 100_000;

  /** What one task did to a thread on a CPU. */
  private record Key(ThreadId thread, Measure measure, Task task, int cpu) {}

  /** Chooses tasks by what they are and on which CPU they ran. */
  interface Choice {
    boolean has(Task task, int cpu);
  }

  /** A wait that may have made a safepoint late. */
  record Wait(long start, long end, Task task, int cpu) {}

  private final Map<Key, LengthCounter> byTask = new HashMap<>();
  private final Map<ThreadId, Long> priorities = new HashMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private final Safepoints safepoints = new Safepoints();
  private final Worst worst = new Worst();

  /** Creates it without an event. */
  public Noise() {}

  @Override
  public void accept(KernelEvent event) {
    if (event.thread() == null) {
      return;
    }
    worst.accept(event);
    switch (event.type()) {
      case EventTypes.RUN_QUEUE_WAIT -> addWait(event);
      case EventTypes.CONTEXT_SWITCH -> {
        Task next = task(event, EventFields.NEXT_TASK);
        if (!event.flag(EventFields.VOLUNTARY) && next != null) {
          // Its length is the time off the CPU; a preemption is counted.
          add(event, Measure.PREEMPTIONS, next, 0);
        }
      }
      default -> {} // says nothing of who kept a thread from running
    }
  }

  private static Task task(KernelEvent event, TaskField field) {
    return Task.of(event, field);
  }

  private void addWait(KernelEvent event) {
    long priority = event.number(EventFields.PRIORITY, Long.MIN_VALUE);
    if (priority != Long.MIN_VALUE) {
      priorities.put(event.thread(), priority);
    }
    boolean throttled = event.number(EventFields.THROTTLED) > event.duration() / 2;
    Task culprit = throttled ? Task.QUOTA : task(event, EventFields.CULPRIT_TASK);
    if (culprit == null) {
      return;
    }
    add(event, Measure.RUNQUEUE_WAIT, culprit, event.duration());
    if (event.duration() >= LONG_WAIT_NS && waits.size() < MAX_WAITS) {
      waits.add(new Wait(event.start(), event.start() + event.duration(), culprit, event.cpu()));
    }
  }

  private void add(KernelEvent event, Measure measure, Task task, long ns) {
    Key key = new Key(event.thread(), measure, task, event.cpu());
    if (byTask.containsKey(key) || byTask.size() < MAX_KEYS) {
      byTask.computeIfAbsent(key, k -> new LengthCounter()).add(ns);
    }
  }

  @Override
  public boolean wants(String type) {
    return Safepoints.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    safepoints.add(event);
  }

  /** The safepoints that were requested while the recording was captured. */
  List<Safepoint> safepoints(Recording recording) {
    long from = recording.capture().start();
    long until = from + recording.capture().duration();
    return safepoints.all().stream().filter(s -> from <= s.start() && s.start() < until).toList();
  }

  /** When the worst of a measure befell a thread; empty if no event says. */
  Optional<ClauseResult.Window> worst(ThreadId thread, Measure measure) {
    return worst.of(thread, measure);
  }

  /** Long waits, with who caused them. */
  List<Wait> waits() {
    return waits;
  }

  /** The last kernel priority of a thread; null if no event has it. */
  Long priority(ThreadId thread) {
    return priorities.get(thread);
  }

  /** What the chosen tasks did to a thread, each with the lengths of its occurrences. */
  Map<Task, LengthCounter> by(ThreadId thread, Measure measure, Choice choice) {
    Map<Task, LengthCounter> tasks = new HashMap<>();
    byTask.forEach((key, lengths) -> {
      boolean about = key.measure() == measure && key.thread().equals(thread);
      if (about && choice.has(key.task(), key.cpu())) {
        tasks.computeIfAbsent(key.task(), task -> new LengthCounter()).add(lengths);
      }
    });
    return tasks;
  }
}
