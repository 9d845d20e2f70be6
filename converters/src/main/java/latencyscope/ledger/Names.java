package latencyscope.ledger;

import java.util.HashMap;
import java.util.Map;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

/** Names the tasks that events tell of: the target's own by their Java names. Immutable. */
final class Names {
  static final String INTERRUPT = "an interrupt";

  private final long target;
  private final Map<Long, ThreadId> byTid = new HashMap<>();

  Names(Recording recording) {
    target = recording.capture().targetPid();
    for (ThreadId thread : recording.threads()) {
      if (!thread.name().isEmpty() && thread.osTid() > 0) {
        byTid.put(thread.osTid(), thread);
      }
    }
  }

  /**
   * A task in words.
   *
   * @param prefix begin of the names of the event's fields that describe it
   * @return null if the event names none
   */
  String task(KernelEvent event, String prefix) {
    String name = event.text(prefix);
    if (name == null) {
      return null;
    }
    long tid = event.number(prefix + "Tid");
    long pid = event.number(prefix + "Pid");
    if (isOwn(event, prefix)) {
      return byTid.containsKey(tid) ? byTid.get(tid).name() : name;
    }
    String work = event.text(prefix + "Work");
    if (work != null) {
      return name + " running " + work;
    }
    long id = pid > 0 ? pid : tid;
    return id > 0 ? name + " (pid " + id + ")" : name;
  }

  /**
   * Who woke a thread, in words. Nobody outside of the target is likely to: an interrupt, such as a
   * timer's, came while that one ran.
   *
   * @return null if the event names none
   */
  String waker(KernelEvent event) {
    String waker = task(event, "waker");
    return waker == null || isOwn(event, "waker") ? waker : INTERRUPT + ", or " + waker;
  }

  /** Whether the task that an event tells of is a thread of the target. */
  boolean isOwn(KernelEvent event, String prefix) {
    long pid = event.number(prefix + "Pid");
    if (pid > 0) {
      return pid == target;
    }
    // Without a process id, only the name can tell a thread of the target from a stranger.
    ThreadId own = byTid.get(event.number(prefix + "Tid"));
    String name = event.text(prefix);
    return own != null && name != null && own.name().startsWith(name);
  }

  /** The target's thread of an id; null if there is none. */
  ThreadId thread(long tid) {
    return byTid.get(tid);
  }
}
