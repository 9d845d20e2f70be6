package latencyscope.analysis.syscall;

import java.util.List;
import java.util.Map;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.JvmEvent;

/**
 * A thread waited, as the JVM itself says.
 *
 * @param start begin, nanoseconds since the epoch
 * @param end its end
 * @param reason why it waited
 * @param object class of what it waited for; null if there is none
 * @param asked how long it wanted to sleep, nanoseconds; 0 if it is no sleep
 * @param address of the object that it waited for; 0 if that is not known
 * @param stack where in the program
 */
record JavaWait(
    long start,
    long end,
    WaitReason reason,
    String object,
    long asked,
    long address,
    CodeStack stack) {
  private static final Map<String, WaitReason> TYPES =
      Map.of(
          "jdk.ThreadSleep", WaitReason.SLEEP,
          "jdk.ThreadPark", WaitReason.PARKED,
          "jdk.JavaMonitorEnter", WaitReason.LOCK,
          "jdk.JavaMonitorWait", WaitReason.MONITOR_WAIT);

  // A thread parks for these only while another has them. Other synchronizers (Semaphore, a
  // CountDownLatch, a Condition) are waited for by threads that have nothing to do, too.
  private static final List<String> LOCKS =
      List.of(
          "java.util.concurrent.locks.ReentrantLock$",
          "java.util.concurrent.locks.ReentrantReadWriteLock$",
          "java.util.concurrent.locks.StampedLock");

  /** Whether events of a type are waits. */
  static boolean isReportedBy(String type) {
    return TYPES.containsKey(type);
  }

  static JavaWait of(JvmEvent event) {
    WaitReason reason = TYPES.get(event.type());
    String object = className(event, "parkedClass");
    if (object == null) {
      object = className(event, "monitorClass");
    }
    if (reason == WaitReason.PARKED
        && object != null
        && LOCKS.stream().anyMatch(object::startsWith)) {
      reason = WaitReason.LOCK;
    }
    return new JavaWait(
        event.start(),
        event.start() + event.duration(),
        reason,
        object,
        event.number("time"),
        event.number("address"),
        event.stack());
  }

  private static String className(JvmEvent event, String field) {
    return event.fields().get(field) instanceof String name ? name : null;
  }
}
