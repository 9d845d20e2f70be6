package latencyscope.ledger.explain;

/**
 * A task of another process, at which a wake chain leaves its recording.
 *
 * @param tid its thread id
 * @param pid its process's id; 0 if not known
 * @param name as people know it
 * @param since when the woken thread had begun to wait, nanoseconds since the epoch
 * @param woke when the task woke it
 */
public record OutsideWaker(long tid, long pid, String name, long since, long woke) {}
