package latencyscope.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.TaskField;
import latencyscope.recording.Recording;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * The tasks that a recording names: the target's threads, and others that were in their way. Not
 * safe for use by several threads.
 */
final class Tasks {
  /** Nice 0. */
  private static final int DEFAULT_PRIORITY = 120;

  private final Map<Integer, ThreadId> recorded = new TreeMap<>();
  private final Map<Recording, Map<Integer, ThreadId>> ofRecordings = new IdentityHashMap<>();
  private final Map<Integer, Other> others = new TreeMap<>();
  private final Map<Integer, Integer> priorities = new HashMap<>();
  private final Map<Integer, String> interrupts = new HashMap<>();

  /**
   * A task that is not one of the target's threads.
   *
   * @param tid its thread id
   * @param pid its process's id; 0 if not known
   * @param name the kernel's name of it
   */
  record Other(int tid, int pid, String name) {}

  /** Those of recordings of one boot of a host. */
  Tasks(List<Recording> recordings) {
    for (Recording recording : recordings) {
      Map<Integer, ThreadId> threads = new TreeMap<>();
      for (ThreadId thread : recording.threads()) {
        if (thread.osTid() > 0) {
          threads.put((int) thread.osTid(), thread);
        }
      }
      ofRecordings.put(recording, threads);
      recorded.putAll(threads);
    }
  }

  /** Notes the tasks that an event names. */
  void note(KernelEvent event) {
    for (TaskField role : EventFields.TASKS) {
      int tid = (int) event.number(role.tid());
      String name = event.text(role.name());
      if (tid <= 0 || name == null) {
        continue;
      }
      priority(tid, (int) event.number(role.priority()));
      if (!recorded.containsKey(tid)) {
        int pid = (int) event.number(role.pid());
        Other known = others.get(tid);
        others.put(tid, new Other(tid, pid > 0 || known == null ? pid : known.pid, name));
      }
    }
  }

  /** Notes the priority that a task was seen to have. */
  void priority(int task, int priority) {
    if (priority > 0) {
      priorities.put(task, priority);
    }
  }

  /** The kernel's priority of a task: 0 to 99 real time, 100 to 139 normal. */
  int priority(int task) {
    return priorities.getOrDefault(task, DEFAULT_PRIORITY);
  }

  /** Notes the name of an interrupt line. */
  void interrupt(int irq, String name) {
    interrupts.put(irq, name);
  }

  /** The name of an interrupt line. */
  String interrupt(int irq) {
    return String.valueOf(interrupts.get(irq));
  }

  /** Whether a task's own comings and goings are recorded. */
  boolean isRecorded(int task) {
    return recorded.containsKey(task);
  }

  /** The target's thread of that id; null if there is none. */
  ThreadId thread(int task) {
    return recorded.get(task);
  }

  /** Whether a task is a thread of a recording's target. */
  boolean isOf(Recording recording, int task) {
    return ofRecordings.get(recording).containsKey(task);
  }

  /** The threads of a recording's target, by id. */
  Iterable<ThreadId> threads(Recording recording) {
    return ofRecordings.get(recording).values();
  }

  /** All others, processes' first threads first. */
  List<Other> others() {
    return others.values().stream()
        .sorted(Comparator.comparing((Other task) -> task.tid != task.pid))
        .toList();
  }

  /** The name of a task: of the target's threads the one that Java knows. */
  String name(int task) {
    if (task == 0) {
      return "swapper";
    }
    ThreadId thread = recorded.get(task);
    if (thread != null) {
      return thread.name();
    }
    Other other = others.get(task);
    return other == null ? "task " + task : other.name();
  }

  /** Puts the full names of the target's threads where the kernel's names of them are. */
  void rename(Map<String, Object> fields) {
    for (TaskField role : EventFields.TASKS) {
      if (fields.get(role.tid().name()) instanceof Long tid
          && fields.get(role.name().name()) instanceof String name
          && recorded.containsKey((int) (long) tid)) {
        fields.put(role.name().name(), fullName((int) (long) tid, name));
      }
    }
  }

  /** The full name of one of the target's threads; of another task, the one that it has. */
  String fullName(int tid, String name) {
    ThreadId thread = recorded.get(tid);
    return thread == null || thread.name().isEmpty() ? name : thread.name();
  }
}
