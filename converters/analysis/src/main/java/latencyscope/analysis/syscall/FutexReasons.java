package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import latencyscope.recording.event.JvmEvent;

/**
 * Finds out why futexes were waited for, by the JVM's own account of its threads' waits. Not safe
 * for use by several threads.
 */
final class FutexReasons {
  private final JavaWaits java = new JavaWaits();
  private final BiConsumer<FutexWait, JavaWait> settled;
  private List<FutexWait> fresh = new ArrayList<>();
  private List<FutexWait> carried = new ArrayList<>();

  /**
   * @param settled takes each wait, once, with its reason, and Java's own wait; null if Java did
   *     not record it
   */
  FutexReasons(BiConsumer<FutexWait, JavaWait> settled) {
    this.settled = settled;
  }

  void add(FutexWait wait) {
    fresh.add(wait);
  }

  void add(JvmEvent event) {
    java.add(event);
  }

  /**
   * Judges the waits of the chunk that has ended. A wait without an event of Java is judged again
   * with the next chunk, which may hold that event.
   */
  void endOfChunk() {
    java.sort();
    Set<JavaWait> conditions = Collections.newSetFromMap(new IdentityHashMap<>());
    Stream.concat(fresh.stream(), carried.stream())
        .filter(FutexWait::condition)
        .forEach(wait -> conditions.add(reason(wait)));
    List<FutexWait> untold = new ArrayList<>();
    for (FutexWait wait : fresh) {
      JavaWait reason = reason(wait);
      if (reason == null) {
        untold.add(wait);
      } else {
        settle(wait, reason, conditions);
      }
    }
    carried.forEach(wait -> settle(wait, reason(wait), conditions));
    java.age();
    carried = untold;
    fresh = new ArrayList<>();
  }

  // Java's event begins before the call and ends after it, whatever the two clocks are off by.
  private JavaWait reason(FutexWait wait) {
    return java.at(wait.thread().osTid(), wait.start() + wait.duration() / 2);
  }

  /**
   * Where Java's wait is in a condition, another wait within its time is something else: before the
   * thread goes on, it may have to wait for a safepoint to end, in a futex of the JVM's own
   * (LinuxWaitBarrier, JDK-8214271). Other C libraries than glibc have one operation for both.
   */
  private void settle(FutexWait wait, JavaWait recorded, Set<JavaWait> conditions) {
    boolean plain = !wait.condition() && !wait.nativeLock();
    boolean other = plain && recorded != null && conditions.contains(recorded);
    JavaWait reason = other ? null : recorded;
    settled.accept(wait.because(reason), reason);
  }
}
