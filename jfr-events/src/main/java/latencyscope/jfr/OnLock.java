package latencyscope.jfr;

/** An event about a futex, which the kernel knows by its address alone. */
public interface OnLock {
  /**
   * Fills in the name of the lock, or that there is none. Called before the event is committed.
   *
   * @param locks says which lock a futex belongs to
   * @return the name; null if it is not known
   */
  String name(LockLookup locks);
}
