package latencyscope.recording.fact;

import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import latencyscope.proc.CpuSet;
import latencyscope.recording.thread.ThreadId;

/**
 * What the tasks that a recording names were at its end: whether they lived, and on which CPUs they
 * could run. Recordings of versions before 0.3 know neither, and nothing is ruled out by them.
 */
public final class KnownTasks {
  private final long target;
  private final Map<Long, TaskTable.Task> tasks;
  private final Map<Long, ProcessFacts> processes;
  private final Predicate<ThreadId> ended;

  /**
   * @param target process that was watched; 0 or less if that is not one
   * @param tasks by thread id
   * @param processes by id
   * @param ended whether the recorder has seen a thread end: its id may be another one's since
   */
  KnownTasks(
      long target,
      Map<Long, TaskTable.Task> tasks,
      Map<Long, ProcessFacts> processes,
      Predicate<ThreadId> ended) {
    this.target = target;
    this.tasks = tasks;
    this.processes = processes;
    this.ended = ended;
  }

  /** Whether a thread of the target is known to have ended. */
  public boolean hasEnded(ThreadId thread) {
    return ended.test(thread) || hasEnded(target, thread.osTid());
  }

  /**
   * Whether a task is known to have ended.
   *
   * @param pid its process; 0 or less if not known
   */
  public boolean hasEnded(long pid, long tid) {
    TaskTable.Task task = tasks.get(tid);
    return task != null && (task.ended() || !isOf(task, pid));
  }

  private static boolean isOf(TaskTable.Task task, long pid) {
    return pid <= 0 || task.pid() == 0 || task.pid() == pid;
  }

  /** Whether all of a process is known to have ended. */
  public boolean hasProcessEnded(long pid) {
    return process(pid).filter(ProcessFacts::ended).isPresent();
  }

  /** The CPUs on which a thread of the target could run; empty if that is not known. */
  public CpuSet allowed(ThreadId thread) {
    return ended.test(thread) ? CpuSet.EMPTY : allowed(target, thread.osTid());
  }

  /** The CPUs on which a task could run; empty if that is not known. */
  public CpuSet allowed(long pid, long tid) {
    TaskTable.Task task = tasks.get(tid);
    return task == null || !isOf(task, pid) ? CpuSet.EMPTY : task.allowed();
  }

  /** What is known of a process. */
  public Optional<ProcessFacts> process(long pid) {
    return Optional.ofNullable(processes.get(pid));
  }
}
