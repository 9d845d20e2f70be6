package latencyscope.guest.accounts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.proc.ProcessFiles;

/**
 * What the kernel has counted of each thread of a process, by {@code /proc/PID/task/TID}.
 *
 * <p>A thread that ends takes its counts with it, so that those of its last second are missing, and
 * one that is born and ends between two looks is never seen. Used by one thread at a time.
 */
final class TaskAccounts {
  /** Threads for whose files there is time in a second: a look at one takes some 140 µs. */
  private static final int LOOKS_A_SECOND = 100;

  private static final long SECOND_NS = 1_000_000_000;

  private final Path process;
  private final WatchedThreads watched;
  private final JavaThreads javaThreads;
  private final Map<Integer, Task> tasks = new HashMap<>();

  /** Of those that have ended since the last report. */
  private final List<Task> ended = new ArrayList<>();

  private boolean first = true;
  private long lookedAtNs;

  /** A thread, and what has been counted of it. */
  private static final class Task {
    private final int id;
    private final String startTime;
    private final TaskCounts reported;
    private TaskCounts counts;
    private String name;
    private long javaId;
    private boolean seen;

    Task(int id, TaskCounts counts, TaskCounts reported) {
      this.id = id;
      this.startTime = counts.startTime();
      this.counts = counts;
      this.reported = reported;
    }
  }

  /** Gets what one thread's counts rose by. */
  interface Sink {
    void rose(int osThreadId, String name, long javaThreadId, String measure, long by);
  }

  /**
   * Has seen no thread.
   *
   * @param process its folder in {@code /proc}
   * @param javaThreads names threads; of another process's it knows none
   */
  TaskAccounts(Path process, WatchedThreads watched, JavaThreads javaThreads) {
    this.process = process;
    this.watched = watched;
    this.javaThreads = javaThreads;
  }

  /** Looks once a second, or less often where there are so many threads that it took too long. */
  void lookIfDue(long nowNs) {
    long everyNs = Math.max(1, tasks.size() / LOOKS_A_SECOND) * SECOND_NS;
    if (nowNs - lookedAtNs >= everyNs - SECOND_NS / 10) {
      look(nowNs);
    }
  }

  /** Looks at all threads. The counts of those that are there at the first look begin there. */
  void look(long nowNs) {
    lookedAtNs = nowNs;
    boolean born = false;
    tasks.values().forEach(task -> task.seen = false);
    for (Path folder : new ProcessFiles(process).tasks()) {
      int id = Integer.parseInt(folder.getFileName().toString());
      Optional<TaskCounts> counts = TaskCounts.read(folder);
      if (counts.isPresent()) {
        born |= saw(id, counts.get());
      }
    }
    Iterator<Task> all = tasks.values().iterator();
    while (all.hasNext()) {
      Task task = all.next();
      if (!task.seen) {
        ended.add(task);
        all.remove();
      }
    }
    if (born) {
      nameAll();
    }
    first = false;
  }

  /** Says whether it is a thread that was not known. */
  private boolean saw(int id, TaskCounts counts) {
    Task task = tasks.get(id);
    boolean known = task != null && task.startTime.equals(counts.startTime());
    if (known) {
      task.counts = counts;
    } else {
      if (task != null) {
        ended.add(task); // its id was given again
      }
      task = new Task(id, counts, first ? counts.copy() : TaskCounts.none());
      tasks.put(id, task);
    }
    task.seen = true;
    return !known;
  }

  private void nameAll() {
    javaThreads.refresh();
    tasks.values().forEach(this::name);
  }

  private void name(Task task) {
    Thread thread = javaThreads.find(task.id);
    if (thread != null) {
      task.name = thread.getName();
      task.javaId = JavaThreads.idOf(thread);
    } else if (task.name == null) {
      task.name = task.counts.kernelName();
    }
  }

  /** Hands over what was counted since the last time, of threads that are watched. */
  void report(Sink sink) {
    nameAll();
    ended.forEach(task -> report(task, sink));
    ended.clear();
    tasks.values().forEach(task -> report(task, sink));
  }

  private void report(Task task, Sink sink) {
    if (!watched.test(task.id, task.name)) {
      return;
    }
    for (int i = 0; i < TaskCounts.MEASURES.size(); i++) {
      long by = task.counts.value(i) - task.reported.value(i);
      if (by > 0) {
        sink.rose(task.id, task.name, task.javaId, TaskCounts.MEASURES.get(i), by);
      }
      task.reported.set(i, task.counts.value(i));
    }
  }
}
