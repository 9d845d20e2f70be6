package latencyscope.ledger;

import java.util.HashMap;
import java.util.Map;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Task;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.TaskField;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/** Names the tasks of events: the target's own by their Java names. */
public final class Names {
  static final String INTERRUPT = "an interrupt";
  static final String SOFTIRQ = "a softirq";

  private final long target;
  private final Map<Long, ThreadId> byTid;

  /** Those of a recording. Immutable. */
  public Names(Recording recording) {
    target = recording.capture().targetPid();
    byTid = new HashMap<>();
    for (ThreadId thread : recording.threads()) {
      if (!thread.name().isEmpty() && thread.osTid() > 0) {
        byTid.put(thread.osTid(), thread);
      }
    }
  }

  /**
   * Those of a capture that goes on.
   *
   * @param target process that is watched
   * @param byTid its threads that are known; asked again for each event
   */
  public Names(long target, Map<Long, ThreadId> byTid) {
    this.target = target;
    this.byTid = byTid;
  }

  /**
   * What woke a thread.
   *
   * @param words who or what it was
   * @param kind what of the two; both, if that is not known
   */
  public record Waker(String words, Kind kind) {
    public enum Kind {
      TASK,
      INTERRUPT,
      EITHER
    }

    private static Waker of(Kind kind, String words) {
      return words == null ? null : new Waker(words, kind);
    }

    /** Whether it is, or may be, an interrupt. */
    public boolean maybeInterrupt() {
      return kind != Kind.TASK;
    }
  }

  /**
   * A task, shown as people know it.
   *
   * @param task the event's fields that describe it
   * @return null if the event names none
   */
  Named named(KernelEvent event, TaskField task) {
    String words = task(event, task);
    return words == null ? null : new Named(words, identity(event, task));
  }

  // Of a task with one id, that is the id of its process, too.
  private Task identity(KernelEvent event, TaskField task) {
    long tid = event.number(task.tid());
    long pid = event.number(task.pid());
    String name = event.text(task.name());
    if (isOwn(event, task)) {
      ThreadId thread = byTid.get(tid);
      return new Task(thread == null ? name : thread.name(), tid, target, null).task();
    }
    return new Task(name, tid > 0 ? tid : pid, pid > 0 ? pid : tid, event.text(task.work())).task();
  }

  /**
   * A task in words.
   *
   * @param task the event's fields that describe it
   * @return null if the event names none
   */
  String task(KernelEvent event, TaskField task) {
    String name = event.text(task.name());
    if (name == null) {
      return null;
    }
    long tid = event.number(task.tid());
    long pid = event.number(task.pid());
    if (isOwn(event, task)) {
      return byTid.containsKey(tid) ? byTid.get(tid).name() : name;
    }
    String work = event.text(task.work());
    if (work != null) {
      return name + " running " + work;
    }
    long id = pid > 0 ? pid : tid;
    return id > 0 ? name + " (pid " + id + ")" : name;
  }

  /**
   * Who or what woke a thread, in words. Where the recording does not distinguish an interrupt from
   * the task that it interrupted, nobody outside of the target is likely to be the waker.
   *
   * @return null if the event names none
   */
  public Waker waker(KernelEvent event) {
    String waker = task(event, EventFields.WAKER_TASK);
    return switch (String.valueOf(event.text(EventFields.WAKER_CONTEXT))) {
      case "task" -> Waker.of(Waker.Kind.TASK, waker);
      case "softirq" -> new Waker(SOFTIRQ, Waker.Kind.INTERRUPT);
      case "hardirq", "nmi" -> new Waker(INTERRUPT, Waker.Kind.INTERRUPT);
      default ->
          waker == null || isOwn(event, EventFields.WAKER_TASK)
              ? Waker.of(Waker.Kind.TASK, waker)
              : new Waker(INTERRUPT + ", or " + waker, Waker.Kind.EITHER);
    };
  }

  /** Whether the task of an event is a thread of the target. */
  boolean isOwn(KernelEvent event, TaskField task) {
    long pid = event.number(task.pid());
    if (pid > 0) {
      return pid == target;
    }
    // Without a process id, only the name can distinguish a thread of the target from others.
    ThreadId own = byTid.get(event.number(task.tid()));
    String name = event.text(task.name());
    return own != null && name != null && own.name().startsWith(name);
  }

  /** The target's thread of an id; null if there is none. */
  public ThreadId thread(long tid) {
    return byTid.get(tid);
  }
}
