package latencyscope.guest.capture;

import latencyscope.jfr.capture.ProbeCost;

/** CPU time of the agent's own threads, and for what it was used. Used by one thread at a time. */
final class OwnCost {
  /** Of runs and times that the kernel does not count. */
  private static final long NOT_COUNTED = -1;

  private long lastDrainNs;

  /**
   * Commits what was used since the last time.
   *
   * @param drainNs CPU time of the drain thread until now
   * @param othersNs CPU time of other threads for the same work
   */
  void commit(String work, long drainNs, long othersNs) {
    ProbeCost event = new ProbeCost();
    event.module = "capture";
    event.probe = work;
    event.runs = NOT_COUNTED;
    // Of a broker that is gone, its part is unknown.
    event.time = Math.max(0, drainNs - lastDrainNs) + othersNs;
    lastDrainNs = drainNs;
    event.commit();
  }
}
