package latencyscope.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.trace.TraceOutput.SchedSwitch;
import latencyscope.trace.TraceOutput.SchedWaking;

/**
 * Makes an unbroken account of who ran on each CPU out of what is known of it, in the order of
 * time. Not safe for use by several threads.
 *
 * <p>Where nobody is known to have run, the CPU is shown without a task, as if it were idle.
 */
final class SchedTrack {
  private static final int IDLE = 0;

  // Both ends of a switch are separate times, each converted from ticks.
  private static final long SAME_SWITCH_NS = 1_000;

  private final TraceOutput out;
  private final Tasks tasks;
  private final Map<Integer, Cpu> cpus = new TreeMap<>();

  /** Who is on a CPU, until when, and whom that one interrupted. */
  private final class Cpu {
    private final int number;
    private final List<SchedPoint> interrupted = new ArrayList<>();
    private final List<SchedPoint> interrupts = new ArrayList<>();
    private SchedPoint running;
    private SchedPoint follower;
    private int shown = IDLE;
    private long last = Long.MIN_VALUE;

    Cpu(int number) {
      this.number = number;
    }

    /** Ends all that ends by a time, at which a task comes in; idle if none does. */
    void advance(long time, int comes) throws IOException {
      SchedPoint first = first();
      while (first != null && first.end() <= time) {
        endInterrupts(first.end());
        end(first, first.end() == time ? comes : IDLE);
        first = first();
      }
      endInterrupts(time);
    }

    private void endInterrupts(long time) throws IOException {
      for (int i = interrupts.size() - 1; i >= 0; i = interrupts.size() - 1) {
        int next = i;
        for (int other = i - 1; other >= 0; other--) {
          next = interrupts.get(other).end() < interrupts.get(next).end() ? other : next;
        }
        if (interrupts.get(next).end() > time) {
          return;
        }
        SchedPoint ended = interrupts.remove(next);
        interrupt(ended, ended.end(), false);
      }
    }

    /** An interrupt comes: one of the same kind has ended, or goes on afterwards. */
    void interrupted(SchedPoint point) throws IOException {
      for (SchedPoint other : List.copyOf(interrupts)) {
        if (other.kind() == point.kind() && other.end() < point.end()) {
          interrupts.remove(other);
          interrupt(other, point.time(), false);
        }
      }
      interrupts.add(point);
      interrupt(point, point.time(), true);
    }

    private void interrupt(SchedPoint point, long time, boolean begins) throws IOException {
      boolean soft = point.kind() == SchedPoint.Kind.SOFTIRQ;
      String name = soft ? SchedPoint.SOFTIRQS.get(point.task()) : tasks.interrupt(point.task());
      out.interrupt(new TraceOutput.Interrupt(number, time, soft, point.task(), name, begins));
    }

    private SchedPoint first() {
      SchedPoint first = running;
      for (SchedPoint other : interrupted) {
        first = other.end() < first.end() ? other : first;
      }
      return first;
    }

    private void end(SchedPoint ended, int comes) throws IOException {
      if (ended != running) {
        // It left while another one seems to have run: which of the two left in between is below
        // the threshold.
        interrupted.remove(ended);
        change(ended.end(), running.task(), TaskState.NOT_RECORDED, ended.task());
        change(ended.end(), ended.task(), ended.detail(), running.task());
        return;
      }
      running = interrupted.isEmpty() ? follower : interrupted.remove(interrupted.size() - 1);
      follower = null;
      change(ended.end(), ended.task(), ended.detail(), running == null ? comes : running.task());
    }

    /** A task comes in. */
    void ran(SchedPoint point) throws IOException {
      int before = running == null ? IDLE : running.task();
      if (before == point.task()) {
        running = running.end() < point.end() ? point : running;
        return;
      }
      if (running == null) {
        // The one that left at the same moment has been followed by it already.
        if (last != point.time() || shown != point.task()) {
          change(point.time(), IDLE, 0, point.task());
        }
      } else if (isSameSwitch(running, point) && !tasks.isRecorded(point.task())) {
        // Of a stranger no state is shown whose length counts.
        follower = point.end() > running.end() ? point : null;
        return;
      } else if (isSameSwitch(running, point)) {
        change(point.time(), before, running.detail(), point.task());
      } else {
        interrupted.add(running);
        change(point.time(), before, TaskState.NOT_RECORDED, point.task());
      }
      running = point;
    }

    private void change(long time, int prev, int state, int next) throws IOException {
      shown = next;
      last = time;
      out.switched(
          new SchedSwitch(
              number,
              time,
              new TraceOutput.Task(prev, tasks.name(prev), tasks.priority(prev)),
              prev == IDLE ? 0 : state,
              new TraceOutput.Task(next, tasks.name(next), tasks.priority(next))));
    }
  }

  SchedTrack(TraceOutput out, Tasks tasks) {
    this.out = out;
    this.tasks = tasks;
  }

  private static boolean isSameSwitch(SchedPoint left, SchedPoint came) {
    return left.other() == came.task() && left.end() - came.time() <= SAME_SWITCH_NS;
  }

  /** Takes what is known next. */
  void accept(SchedPoint point) throws IOException {
    Cpu cpu = cpus.computeIfAbsent(point.cpu(), Cpu::new);
    boolean comes = point.kind() == SchedPoint.Kind.RAN;
    cpu.advance(point.time(), comes ? point.task() : IDLE);
    switch (point.kind()) {
      case RAN -> cpu.ran(point);
      case WOKEN -> woken(point);
      case IRQ, SOFTIRQ -> cpu.interrupted(point);
    }
  }

  private void woken(SchedPoint point) throws IOException {
    out.waking(
        new SchedWaking(
            point.cpu(),
            point.time(),
            point.other(),
            point.flags(),
            new TraceOutput.Task(
                point.task(), tasks.name(point.task()), tasks.priority(point.task())),
            point.returnCpu()));
  }

  /** Ends what is left. */
  void finish() throws IOException {
    for (Cpu cpu : cpus.values()) {
      cpu.advance(Long.MAX_VALUE, IDLE);
    }
  }
}
