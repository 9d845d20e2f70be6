package latencyscope.recording.thread;

/**
 * A thread, distinguished from a later one that got the same OS thread id where Java knows both.
 *
 * <p>Two are equal if they are the same thread: the name does not count, because threads are
 * renamed.
 *
 * @param osTid id as {@code /proc/PID/task} shows it; 0 if unknown
 * @param name the Java name, or the kernel's name if it is not a Java thread; "" if unknown
 * @param javaId {@link Thread#getId()}; 0 if it is not a Java thread or not known to be one
 */
public record ThreadId(long osTid, String name, long javaId) {
  /** Replaces a missing name by the empty one. */
  public ThreadId {
    name = name == null ? "" : name;
  }

  /** Whether this is known to be a Java thread. */
  public boolean isJava() {
    return javaId > 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThreadId id && osTid == id.osTid && javaId == id.javaId;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(osTid * 31 + javaId);
  }
}
