package latencyscope.analysis.memory;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread did the kernel's work on memory in its own time.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param cpu CPU on which it ended
 * @param kind {@code reclaim}, {@code cgroup-reclaim}, {@code compaction}, or {@code migration} of
 *     pages
 * @param reason why pages were moved, such as {@code numa-balancing}; null if none were
 * @param pages that were gained or moved
 */
record MemoryStall(
    ThreadId thread, long start, long duration, int cpu, String kind, String reason, long pages)
    implements Timed {
  static MemoryStall of(KernelEvent event) {
    boolean moved = event.type().equals(EventTypes.NUMA_EVENT);
    return new MemoryStall(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        moved ? "migration" : String.valueOf(event.text(EventFields.KIND)),
        moved ? String.valueOf(event.text(EventFields.REASON)) : null,
        event.number(EventFields.PAGES));
  }
}
