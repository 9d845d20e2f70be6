package latencyscope.ledger.safepoint;

/**
 * One time that the JVM stopped all its Java threads.
 *
 * @param id the JVM's number of it
 * @param operation what for, such as {@code G1CollectFull}; null if that is not recorded
 * @param start when it was requested, nanoseconds since the epoch
 * @param reached when the last thread had stopped, or the last known of it
 * @param end when all were let go again; the same as {@code reached} if that is not recorded
 * @param ended whether its end is recorded
 * @param running Java threads that were running when it was requested; -1 if not recorded
 */
public record Safepoint(
    long id, String operation, long start, long reached, long end, boolean ended, int running) {
  /** Time to safepoint, nanoseconds. */
  public long timeToSafepoint() {
    return reached - start;
  }

  /** From request to release, nanoseconds; the time to it alone if its end is not recorded. */
  public long duration() {
    return end - start;
  }

  /** What it was for, in words. */
  public String words() {
    return operation == null ? "a safepoint" : operation;
  }
}
