package latencyscope.jfr;

/** Says which lock of the JVM itself a futex belongs to. */
public interface LockLookup {
  /** Knows no lock. */
  LockLookup NONE = address -> null;

  /**
   * The name of the lock.
   *
   * @param address of a futex in the target's memory
   * @return such as {@code Heap_lock}; null if the futex belongs to none that is known
   */
  String nameAt(long address);
}
