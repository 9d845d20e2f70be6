package latencyscope.analysis.finding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.jfr.schema.TaskField;
import latencyscope.recording.event.KernelEvent;

/**
 * A task of the kernel that stood in a thread's way.
 *
 * @param name the kernel's name of it
 * @param tid thread id in the initial pid namespace; 0 if not known
 * @param pid process id in the initial pid namespace; 0 if not known
 * @param work work function, if it is a kworker and it is known; else null
 */
public record Task(String name, long tid, long pid, String work) implements Culprit {
  /** Stands for all tasks that came after there were too many to distinguish. */
  public static final Task OTHERS = new Task("other tasks", 0, 0, null);

  /** Stands for tasks that the recording does not name. */
  public static final Task UNKNOWN = new Task("an unknown task", 0, 0, null);

  /** No task: the thread's control group had used up its CPU quota. */
  public static final Task QUOTA = new Task("the CPU quota of its control group", 0, 0, null);

  private static final Pattern BOUND =
      Pattern.compile(
          "(?:kworker/(\\d+):.*|(?:migration|ksoftirqd|cpuhp|rcuc|watchdog|irq_work|idle_inject"
              + "|backlog_napi|ktimers)/(\\d+))");
  private static final Pattern THREADED_IRQ = Pattern.compile("irq/(\\d+)-.*");

  /** The task that some fields of an event describe; null if they name none. */
  public static Task of(KernelEvent event, TaskField task) {
    String name = event.text(task.name());
    return name == null
        ? null
        : new Task(
            name, event.number(task.tid()), event.number(task.pid()), event.text(task.work()));
  }

  @Override
  public Task task() {
    return tid == 0 ? null : this;
  }

  @Override
  public String describe() {
    if (tid == 0) {
      return name;
    }
    String ids = pid == tid || pid == 0 ? "pid " + tid : "pid " + pid + ", tid " + tid;
    return name + " (" + ids + (work == null ? "" : ", " + work) + ")";
  }

  /** Whether it is a thread that the kernel binds to its CPU, which nothing can move. */
  public boolean isBoundToCpu() {
    return BOUND.matcher(name).matches();
  }

  /** Whether it runs work that is not bound to a CPU, for which there is a common mask. */
  public boolean isUnboundWorker() {
    return name.startsWith("kworker/u");
  }

  /** The interrupt whose handler it is; null if it is none. */
  public String interrupt() {
    Matcher matcher = THREADED_IRQ.matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
