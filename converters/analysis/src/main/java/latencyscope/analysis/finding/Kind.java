package latencyscope.analysis.finding;

/** What a finding is about: decides how its cost weighs, and which of a thread's time it is. */
public enum Kind {
  /** The thread waited for a CPU behind a task, or until an idle CPU was awake. */
  CPU_WAIT,
  /** Interrupts took time from the thread. */
  INTERRUPT,
  /** The thread waited for pages that had to be read from a device. */
  MAJOR_FAULT,
  /** The thread took page faults that needed no device. */
  MINOR_FAULT,
  /** Another CPU had the thread's flush its TLB. */
  SHOOTDOWN,
  /** The kernel worked on memory in the thread's own time. */
  MEMORY_STALL,
  /** The thread asked to sleep. */
  SLEEP,
  /** The thread waited for a lock. */
  LOCK,
  /** The thread made a call that blocks. */
  CALL,
  /** Packets were dropped: what was lost is data. */
  DROP,
  /** Packets waited: the time is theirs, and many may wait at once. */
  DELIVERY,
  /** The JVM stopped the thread. */
  STOP,
  /** A stop of all threads took longer, because this one did not run. */
  PAUSE,
  /** Anything else. */
  OTHER;

  /** Whether the thread itself made the call in which it waited. */
  public boolean isOwnCall() {
    return this == SLEEP || this == CALL;
  }
}
