package latencyscope.analysis.syscall;

import java.util.Locale;

/** Why a thread waited in a futex. */
public enum WaitReason {
  /** For a lock of Java that another thread held, by the JVM's own events. */
  LOCK("contended locks"),
  /** For a mutex of native code that another thread held, by what glibc passes to the kernel. */
  NATIVE_LOCK("contended native locks"),
  /** {@code Thread.sleep}, by the JVM's own events. */
  SLEEP("Thread.sleep"),
  /** Parked with nothing to do, or until another thread has something: not for a lock. */
  PARKED("parked"),
  /** {@code Object.wait}, by the JVM's own events. */
  MONITOR_WAIT("Object.wait"),
  /** Neither an event of the JVM nor the call itself has the reason. */
  UNKNOWN("unknown reason");

  private final String label;

  WaitReason(String label) {
    this.label = label;
  }

  /** The reason for people. */
  String label() {
    return label;
  }

  /** The reason in the JSON report. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether another thread held what this one wanted. */
  boolean isContended() {
    return this == LOCK || this == NATIVE_LOCK;
  }
}
