package latencyscope.guest.evidence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import latencyscope.guest.event.EventSink;
import latencyscope.jfr.capture.ProcessStatus;
import latencyscope.jfr.capture.TaskStatus;
import latencyscope.proc.ProcessFiles;
import latencyscope.proc.TaskAffinity;

/**
 * Whether the tasks that a recording names live, and on which CPUs they may run, by {@code /proc}:
 * looked at soon after each was first seen, and when a chunk ends. Remedies depend on it, and a
 * recording may be read when its host is gone.
 *
 * <p>Used by one thread at a time.
 */
public final class TaskLives {
  /** Most tasks that one look reads. */
  private static final int LOOKS = 16;

  private final EventSink sink;
  private final Path proc;
  private final long target;
  private final boolean sameIds;
  private final boolean knowsThreads;
  private final TaskSet seen = new TaskSet();
  private int lookedAt;

  /** As last looked at; null for what had ended by then. */
  private final Map<Long, TaskAffinity> tasks = new HashMap<>();

  private final Map<Long, ProcessOrigin> processes = new HashMap<>();

  /**
   * Creates an account without a task.
   *
   * @param proc the host's {@code /proc}
   * @param target the process that is watched, 0 for every process
   * @param sameIds whether the kernel's ids of tasks are those of this {@code /proc}: in a
   *     container they are not, and only the target's threads are known
   * @param knowsThreads whether the ids of the target's threads are those of this {@code /proc}
   * @param sink takes the events
   */
  public TaskLives(Path proc, long target, boolean sameIds, boolean knowsThreads, EventSink sink) {
    this.knowsThreads = knowsThreads;
    this.sink = sink;
    this.proc = proc;
    this.target = target;
    this.sameIds = sameIds;
  }

  /** Notes a thread that something happened to. Allocates nothing. */
  public void sawVictim(long thread) {
    // Of an interrupt that took no thread's time, there is none.
    if (thread != 0 && knowsThreads && (target != 0 || sameIds)) {
      seen.add(TaskSet.key(target, thread));
    }
  }

  /** Notes a task that an event names. Allocates nothing. */
  public void sawOther(long process, long thread) {
    if (sameIds && process != 0) {
      seen.add(TaskSet.key(process, thread));
    }
  }

  /**
   * Looks at some of those that were not looked at yet: records wait meanwhile, and where threads
   * are born all the time a look at each took a third of a second. Threads of the target to which
   * nothing happens are looked at when a chunk ends.
   */
  public void look() {
    int until = Math.min(seen.size(), lookedAt + LOOKS);
    for (; lookedAt < until; lookedAt++) {
      lookAt(seen.get(lookedAt));
    }
  }

  private void listTarget() {
    if (target == 0 || !knowsThreads) {
      return;
    }
    for (Path task : new ProcessFiles(folder(target)).tasks()) {
      seen.add(TaskSet.key(target, Long.parseLong(task.getFileName().toString())));
    }
  }

  private void lookAt(long key) {
    tasks.put(key, read(key).orElse(null));
    long process = process(key);
    if (process != 0) {
      origin(process);
    }
  }

  /** How a process came to be; null if it has ended before it was looked at. */
  private ProcessOrigin origin(long process) {
    return processes.computeIfAbsent(process, id -> ProcessOrigin.read(proc, id).orElse(null));
  }

  private long process(long key) {
    TaskAffinity task = tasks.get(key);
    return TaskSet.process(key) != 0 || task == null ? TaskSet.process(key) : task.processId();
  }

  // The id of a task that has ended may be another one's by now.
  private Optional<TaskAffinity> read(long key) {
    long process = TaskSet.process(key);
    Path task = folder(TaskSet.thread(key));
    return TaskAffinity.read(task).filter(now -> process == 0 || now.processId() == process);
  }

  private Path folder(long id) {
    return proc.resolve(Long.toString(id));
  }

  /** Commits what each is now, and forgets those that have ended. */
  public void commit() {
    listTarget();
    List<Long> living = new ArrayList<>();
    Set<Long> named = new TreeSet<>();
    if (target != 0) {
      named.add(target);
    }
    for (int i = 0; i < seen.size(); i++) {
      long key = seen.get(i);
      Optional<TaskAffinity> now = read(key);
      now.ifPresent(task -> {
        tasks.put(key, task);
        living.add(key);
      });
      named.add(process(key));
      sink.commit(status(key, now.isEmpty()));
    }
    named.remove(0L);
    named.forEach(this::commitProcess);
    // Its id may be another process's by the time that it is named again.
    processes.keySet().retainAll(named);
    seen.clear();
    living.forEach(seen::add);
    lookedAt = seen.size();
    tasks.keySet().retainAll(Set.copyOf(living));
  }

  private TaskStatus status(long key, boolean ended) {
    TaskAffinity last = tasks.get(key);
    TaskStatus event = new TaskStatus();
    event.osThreadId = TaskSet.thread(key);
    event.processId = process(key);
    event.thread = last == null ? null : last.name();
    event.allowedCpus = last == null ? null : last.allowedCpus();
    event.ended = ended;
    return event;
  }

  private void commitProcess(long id) {
    ProcessOrigin origin = origin(id);
    ProcessStatus event = new ProcessStatus();
    event.processId = id;
    if (origin != null) {
      event.processName = origin.name();
      event.started = origin.startedMs();
      event.parentProcessId = origin.parent();
      event.parentName = origin.parentName();
      event.program = origin.program();
      // Processes are moved: into a group, once they have begun.
      event.controlGroup = ProcessOrigin.group(folder(id)).orElse(origin.group());
    }
    event.ended = !new ProcessFiles(folder(id)).isAlive();
    if (event.ended) {
      processes.remove(id);
    }
    sink.commit(event);
  }
}
