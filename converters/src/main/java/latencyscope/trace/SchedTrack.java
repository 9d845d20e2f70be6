package latencyscope.trace;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import latencyscope.trace.TraceOutput.SchedSwitch;
import latencyscope.trace.TraceOutput.SchedWaking;

/**
 * Makes an unbroken account of who ran on each CPU out of single points, in the order of time. Not
 * safe for use by several threads.
 *
 * <p>Only the target's own threads are recorded whenever they come and go. Of another task that
 * came in it is not known when it left: it is shown where it is known to have run the whole time,
 * else the CPU is shown without a task, as if it were idle.
 */
final class SchedTrack {
  private static final int UNKNOWN = -1;
  private static final int IDLE = 0;

  // TASK_IDLE, in which no thread of a process ever is: stands for a state that is not recorded, so
  // that what is shown as running, waiting or sleeping is what was measured, and nothing else.
  private static final int NOT_RECORDED = 128;
  private static final int PRIORITY = 120;

  // Both ends of a switch are points of their own, converted from ticks each for itself.
  private static final long SAME_SWITCH_NS = 1_000;

  private final TraceOutput out;
  private final IntPredicate recorded;
  private final IntFunction<String> names;
  private final Map<Integer, Cpu> cpus = new HashMap<>();
  private final Deque<SchedPoint> window = new ArrayDeque<>();
  private final Map<Integer, Cpu> places = new HashMap<>();

  private static final class Cpu {
    final int number;
    int current = UNKNOWN;
    long last;

    Cpu(int number) {
      this.number = number;
    }
  }

  /**
   * @param recorded whether a task's own comings and goings are recorded
   * @param names names of tasks
   */
  SchedTrack(TraceOutput out, IntPredicate recorded, IntFunction<String> names) {
    this.out = out;
    this.recorded = recorded;
    this.names = names;
  }

  /** Takes a point; those that belong together may come up to a microsecond apart. */
  void accept(SchedPoint point) throws IOException {
    window.add(point);
    while (!window.isEmpty() && window.peek().time() < point.time() - SAME_SWITCH_NS) {
      write(window.poll());
    }
  }

  /** Writes what is left. */
  void finish() throws IOException {
    while (!window.isEmpty()) {
      write(window.poll());
    }
  }

  private void write(SchedPoint point) throws IOException {
    Cpu cpu = cpus.computeIfAbsent(point.cpu(), Cpu::new);
    switch (point.kind()) {
      case OUT -> {
        boolean held =
            takeFromWindow(p -> p.kind() == SchedPoint.Kind.HELD && isOtherEnd(point, p)) != null;
        boolean known = held || recorded.test(point.other());
        leave(cpu, point, known ? point.other() : IDLE);
      }
      case HELD -> {
        if (cpu.current == UNKNOWN || cpu.current == IDLE) {
          change(cpu, point.time(), NOT_RECORDED, point.task());
        }
      }
      case IN -> {
        SchedPoint left = takeFromWindow(p -> isOtherEnd(p, point));
        if (left != null) {
          leave(cpu, left, point.task());
        }
        change(cpu, point.time(), NOT_RECORDED, point.task());
      }
      case WOKEN ->
          out.waking(
              new SchedWaking(
                  cpu.number, point.time(), point.other(), point.task(), name(point.task())));
    }
  }

  private SchedPoint takeFromWindow(Predicate<SchedPoint> wanted) {
    for (SchedPoint point : window) {
      if (wanted.test(point)) {
        window.remove(point);
        return point;
      }
    }
    return null;
  }

  private static boolean isOtherEnd(SchedPoint left, SchedPoint came) {
    return left.kind() == SchedPoint.Kind.OUT
        && left.cpu() == came.cpu()
        && left.other() == came.task();
  }

  private void leave(Cpu cpu, SchedPoint point, int next) throws IOException {
    if (cpu.current != UNKNOWN && cpu.current != point.task()) {
      // How it came was below the threshold: it is known to have run only up to here.
      change(cpu, point.time() - 1, NOT_RECORDED, point.task());
    }
    cpu.current = point.task();
    change(cpu, point.time(), point.state(), next);
  }

  private void change(Cpu cpu, long time, long state, int next) throws IOException {
    int prev = cpu.current == UNKNOWN ? IDLE : cpu.current;
    if (prev == next) {
      return;
    }
    takeFromOther(cpu, time, next);
    cpu.current = next;
    cpu.last = Math.max(cpu.last, time);
    long left = prev == IDLE ? 0 : state;
    out.switched(
        new SchedSwitch(cpu.number, cpu.last, prev, name(prev), left, next, name(next), PRIORITY));
    places.remove(prev, cpu);
    if (next != IDLE) {
      places.put(next, cpu);
    }
  }

  // A task is on one CPU at a time: that it left the other one was below the threshold.
  private void takeFromOther(Cpu cpu, long time, int task) throws IOException {
    Cpu other = places.get(task);
    if (task == IDLE || other == null || other == cpu) {
      return;
    }
    change(other, time, NOT_RECORDED, IDLE);
  }

  private String name(int task) {
    return task == IDLE ? "swapper" : names.apply(task);
  }
}
