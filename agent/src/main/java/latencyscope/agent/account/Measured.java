package latencyscope.agent.account;

import latencyscope.guest.thread.ThreadDirectory;

/**
 * Whose a measure is: a thread's, or that of something else that a module measures.
 *
 * @param thread name of the thread; null if it is not a thread's
 * @param osThreadId id of the thread; 0 if it is not a thread's
 * @param javaThreadId Java's id of it; 0 if that is not known, or it is not a Java thread's
 * @param subject kind of thing, such as {@code line}; null if it is a thread's
 * @param id which thing of that kind, as the kernel numbers it
 * @param name the kernel's name for it; null if it has none
 * @param cpu CPU that it was measured on; {@link #NO_CPU} for all
 */
record Measured(
    String thread,
    long osThreadId,
    long javaThreadId,
    String subject,
    long id,
    String name,
    int cpu) {
  /** The measure is not of one CPU; the same in the kernel's 32 bits. */
  static final int NO_CPU = -1;

  static Measured of(ThreadDirectory.Entry thread) {
    long javaId = thread.thread() == null ? 0 : thread.thread().threadId();
    return new Measured(thread.name(), thread.osThreadId(), javaId, null, 0, null, NO_CPU);
  }
}
