package latencyscope.perfetto;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;

/**
 * A schedule of some threads and strangers on three CPUs as chance has it, and the events that a
 * recording has of it: not of what is below a threshold, or on a CPU that is not captured.
 */
final class Schedule {
  private static final int CPUS = 3;
  private static final int THREADS = 4;
  private static final int FIRST_TID = 4_720;
  private static final int FIRST_STRANGER = 900;
  private static final long JITTER = 3;

  /** Steps are farther apart than the jitter of times, and farther than what counts as one. */
  private static final int SHORTEST_STEP = 1_001;

  private static final int LONGEST_STEP = 9_000;

  final Map<Long, Map<String, Long>> states = new TreeMap<>();
  final Map<Long, Long> ran = new TreeMap<>();
  final Scene scene;
  private final Random random;
  private final String captured;
  private final long threshold;
  private final Task[] current = new Task[CPUS];
  private final long[] since = new long[CPUS];
  private final List<Task> tasks = new ArrayList<>();
  private long now;

  /** A thread of the target, or a stranger of which nothing is recorded. */
  private static final class Task {
    final ThreadId id;
    final boolean stranger;
    boolean runnable;
    boolean running;
    long left = -1;
    int leftCpu;
    String state;
    boolean preempted;
    Task next;
    long woken = -1;
    long knownSince = -1;
    int knownCpu = -1;

    Task(ThreadId id, boolean stranger) {
      this.id = id;
      this.stranger = stranger;
    }
  }

  /**
   * @param captured CPUs that are; empty for all
   * @param threshold shorter stays off the CPU are not recorded
   */
  Schedule(Random random, String captured, long threshold, int steps) {
    this.random = random;
    this.captured = captured;
    this.threshold = threshold;
    scene = Scene.captured((long) steps * LONGEST_STEP + 1, captured);
    for (int i = 0; i < THREADS; i++) {
      tasks.add(new Task(new ThreadId(FIRST_TID + i, "t" + i, 10 + i), false));
      tasks.add(new Task(new ThreadId(FIRST_STRANGER + i, "stranger" + i, 0), true));
    }
    for (int step = 0; step < steps; step++) {
      now += SHORTEST_STEP + random.nextInt(LONGEST_STEP - SHORTEST_STEP);
      if (random.nextBoolean()) {
        wake();
      } else {
        change(random.nextInt(CPUS));
      }
    }
    scene.shuffled(random.nextLong());
  }

  boolean isCaptured(int cpu) {
    return captured.isEmpty() || captured.contains(String.valueOf(cpu));
  }

  private Task any(boolean runnable) {
    List<Task> such =
        tasks.stream().filter(task -> task.runnable == runnable && !task.running).toList();
    return such.isEmpty() ? null : such.get(random.nextInt(such.size()));
  }

  private void wake() {
    Task task = any(false);
    if (task != null) {
      task.runnable = true;
      task.woken = now;
    }
  }

  private void change(int cpu) {
    Task next = random.nextInt(4) == 0 ? null : any(true);
    Task prev = current[cpu];
    if (prev != null) {
      leave(prev, next, cpu);
    }
    if (next != null) {
      come(next, prev, cpu);
    }
    current[cpu] = next;
    since[cpu] = now;
  }

  private void leave(Task task, Task next, int cpu) {
    int how = random.nextInt(8);
    task.running = false;
    task.left = now;
    task.leftCpu = cpu;
    task.next = next;
    task.preempted = how < 3;
    task.state = how < 4 ? "running" : how < 7 ? "sleeping" : "disk";
    task.runnable = how < 4;
    task.woken = task.runnable ? now : -1;
  }

  private void come(Task task, Task prev, int cpu) {
    task.running = true;
    if (!task.stranger) {
      boolean held = prev != null && prev.stranger && since[cpu] <= task.woken && task.woken < now;
      record(task, held ? prev : null, cpu);
    }
  }

  private void record(Task task, Task culprit, int cpu) {
    boolean stay = task.left >= 0 && now - task.left >= threshold && isCaptured(task.leftCpu);
    long waited = now - task.woken;
    boolean wait = waited >= threshold / 2 && isCaptured(cpu);
    // The same wait as the end of a stay and as an event of its own, each converted for itself.
    long jitter = stay ? JITTER : 0;
    long start = task.woken + random.nextLong(-jitter, jitter + 1);
    long end = now + random.nextLong(-jitter, jitter + 1);
    if (stay) {
      absence(task, cpu, waited);
    }
    if (wait) {
      scene.kernel(
          "RunQueueWait",
          task.id,
          start,
          end - start,
          cpu,
          "kind",
          task.preempted && task.left == task.woken ? "preempted" : "wakeup",
          "culprit",
          culprit == null ? null : culprit.id.name(),
          "culpritTid",
          culprit == null ? 0L : culprit.id.osTid(),
          "culpritHeld",
          culprit == null ? 0L : end - start,
          "accounted",
          end - start,
          "tasksBetween",
          culprit == null ? 2L : 1L);
    }
    if (stay) {
      known(task, task.left, task.leftCpu, now, cpu);
    } else if (wait) {
      boolean preempted = task.preempted && task.left == task.woken;
      add(task, preempted ? "R+" : "R", end - start);
      known(task, preempted ? start : -1, cpu, end, cpu);
    }
  }

  private void absence(Task task, int cpu, long waited) {
    boolean voluntary = !task.preempted;
    scene.kernel(
        "ContextSwitch",
        task.id,
        task.left,
        now - task.left,
        task.leftCpu,
        "voluntary",
        voluntary,
        "state",
        task.state,
        "next",
        task.next == null ? null : task.next.id.name(),
        "nextTid",
        task.next == null ? 0L : task.next.id.osTid(),
        "returnCpu",
        (long) cpu,
        "waited",
        waited);
    if (task.preempted || task.state.equals("running")) {
      add(task, task.preempted ? "R+" : "R", now - task.left);
    } else {
      add(task, task.state.equals("disk") ? "D" : "S", task.woken - task.left);
      add(task, "R", waited);
    }
  }

  private void add(Task task, String state, long ns) {
    if (ns > 0) {
      states.computeIfAbsent(task.id.osTid(), id -> new HashMap<>()).merge(state, ns, Long::sum);
    }
  }

  // From where a task was last known to have come in until where it is known to have left.
  private void known(Task task, long left, int leftCpu, long back, int cpu) {
    if (left >= 0 && task.knownCpu == leftCpu && isCaptured(leftCpu)) {
      ran.merge(task.id.osTid(), left - task.knownSince, Long::sum);
    }
    task.knownSince = back;
    task.knownCpu = cpu;
  }
}
