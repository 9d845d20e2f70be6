package latencyscope.analysis;

import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

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
    boolean moved = event.type().equals("NumaEvent");
    return new MemoryStall(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        moved ? "migration" : String.valueOf(event.text("kind")),
        moved ? String.valueOf(event.text("reason")) : null,
        event.number("pages"));
  }
}
