package latencyscope.recording.fact;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import latencyscope.jfr.schema.EventFields;
import latencyscope.proc.CpuSet;
import latencyscope.recording.event.EventType;
import latencyscope.recording.thread.ThreadId;

/** Collects what is said of tasks and processes. Not safe for use by several threads. */
public final class TaskTable {
  private final Map<Long, Task> tasks = new HashMap<>();
  private final Map<Long, Long> processTimes = new HashMap<>();
  private final Map<Long, ProcessFacts> processes = new TreeMap<>();

  /**
   * A thread at a time.
   *
   * @param allowed CPUs on which it may run; empty if not known
   */
  record Task(long time, long pid, CpuSet allowed, boolean ended) {}

  public void task(EventType type, Object[] values) {
    Task now =
        new Task(
            time(type, values),
            type.number(values, EventFields.PROCESS_ID, 0),
            CpuSet.parse(type.text(values, EventFields.ALLOWED_CPUS)),
            type.flag(values, EventFields.ENDED));
    tasks.merge(
        type.number(values, EventFields.OS_THREAD_ID, 0),
        now,
        (one, other) -> one.time() > other.time() ? one : other);
  }

  public void process(EventType type, Object[] values) {
    long pid = type.number(values, EventFields.PROCESS_ID, 0);
    long time = time(type, values);
    if (processTimes.merge(pid, time, Math::max) == time) {
      processes.put(
          pid,
          new ProcessFacts(
              pid,
              type.text(values, EventFields.PROCESS_NAME),
              type.number(values, EventFields.STARTED, 0),
              type.number(values, EventFields.PARENT_PROCESS_ID, 0),
              type.text(values, EventFields.PARENT_NAME),
              type.text(values, EventFields.PROGRAM),
              type.text(values, EventFields.CONTROL_GROUP),
              type.flag(values, EventFields.ENDED)));
    }
  }

  private static long time(EventType type, Object[] values) {
    return type.number(values, "startTime", 0);
  }

  public KnownTasks known(long target, Predicate<ThreadId> ended) {
    return new KnownTasks(target, Map.copyOf(tasks), Map.copyOf(processes), ended);
  }
}
