package latencyscope.analysis;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import latencyscope.analysis.finding.Place;
import latencyscope.analysis.finding.Task;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.JvmInfo;
import latencyscope.recording.fact.KnownTasks;
import latencyscope.recording.fact.ProcessFacts;
import latencyscope.recording.thread.ThreadId;

/** Who the tasks are that stood in threads' ways. Immutable. */
public final class Culprits {
  // The kernel keeps 15 characters of a name: all of the tool's threads still differ by them.
  private static final String OWN_PREFIX = "latencyscope-";

  private final long target;
  private final long recorder;
  private final KnownTasks tasks;
  private final Map<Long, String> names = new HashMap<>();

  public Culprits(Recording recording) {
    target = recording.capture().targetPid();
    recorder = recording.jvm().map(JvmInfo::pid).orElse(0L);
    tasks = recording.tasks();
    for (ThreadId thread : recording.threads()) {
      if (!thread.name().isEmpty()) {
        names.put(thread.osTid(), thread.name());
      }
    }
  }

  /** Whether a thread's name is one of the tool's own, in whichever process. */
  public static boolean isOwn(String threadName) {
    return threadName.startsWith(OWN_PREFIX);
  }

  /**
   * Whether a task is the tool's own: one of its threads within the target, or any thread of the
   * process that records from outside. Those in another process, which has a separate agent, are
   * that process's.
   */
  public boolean isOwn(Task task) {
    return task != null
        && (isOwn(task.name()) && (task.pid() == 0 || target == 0 || isOfTarget(task))
            || recorder > 0 && recorder != target && task.pid() == recorder);
  }

  /** Whether a task is a thread of the target itself. */
  public boolean isOfTarget(Task task) {
    return target > 0 && task.pid() == target;
  }

  /** The task under its Java name, where it is a thread of the target and has one. */
  public Task named(Task task) {
    String name = isOfTarget(task) ? names.get(task.tid()) : null;
    return name == null ? task : new Task(name, task.tid(), task.pid(), task.work());
  }

  /**
   * The task under its Java name, or the whole process that it is a thread of, if not the target.
   */
  public Task process(Task task) {
    if (isOfTarget(task) || task.pid() <= 0 || task.pid() == task.tid() || task.work() != null) {
      return named(task);
    }
    return tasks
        .process(task.pid())
        .map(ProcessFacts::name)
        .map(name -> new Task(name, task.pid(), task.pid(), null))
        .orElse(task);
  }

  /**
   * Where the process of a task is run, in words that follow "is in"; empty if that is not known,
   * or if it is where the target is.
   */
  public Optional<String> place(Task task) {
    String group = group(task.pid());
    return isOfTarget(task) || group == null || group.equals(group(target))
        ? Optional.empty()
        : Place.of(group);
  }

  private String group(long pid) {
    return tasks.process(pid).map(ProcessFacts::controlGroup).orElse(null);
  }

  /** Stands for all that is one culprit: a thread of the target, or another process as a whole. */
  public Task grouped(Task task) {
    if (isOfTarget(task)) {
      return named(task);
    }
    // Its threads may have separate names; a kernel thread is known by its name and its work.
    boolean isProcess = task.pid() > 0 && task.work() == null;
    return new Task(isProcess ? "" : task.name(), 0, task.pid(), task.work());
  }
}
