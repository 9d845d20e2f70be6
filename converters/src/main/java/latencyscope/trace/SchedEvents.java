package latencyscope.trace;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

/**
 * Collects what single events say of who ran on which CPU. Not safe for use by several threads.
 *
 * <p>Source: {@code ContextSwitch}, which has both ends of a thread's absence from the CPU, and
 * {@code RunQueueWait}, which has who ran meanwhile.
 */
final class SchedEvents {
  // As tracepoint sched_switch writes them since Linux 4.14.
  private static final Map<String, Integer> STATES =
      Map.of(
          "running", 0,
          "sleeping", 1,
          "disk", 2,
          "stopped", 4,
          "traced", 8,
          "dead", 16,
          "parked", 64,
          "other", 128);
  private static final int PREEMPTED = 256;

  private final SchedSorter sorter;
  private final long offset;
  private final Map<Integer, String> names = new HashMap<>();

  /**
   * @param offset what to subtract from a time since the epoch
   */
  SchedEvents(SchedSorter sorter, long offset) {
    this.sorter = sorter;
    this.offset = offset;
  }

  /** The latest name of each task, by its id. */
  Map<Integer, String> names() {
    return names;
  }

  void add(KernelEvent event) throws IOException {
    ThreadId thread = event.thread();
    if (thread == null || thread.osTid() <= 0 || event.cpu() < 0) {
      return;
    }
    switch (event.type()) {
      case "ContextSwitch" -> absence(event, (int) thread.osTid());
      case "RunQueueWait" -> wait(event, (int) thread.osTid());
      default -> {}
    }
  }

  private void absence(KernelEvent event, int task) throws IOException {
    long left = event.start() - offset;
    long back = left + event.duration();
    int next = named(event, "next", "nextTid");
    boolean voluntary = event.flag("voluntary");
    int state = STATES.getOrDefault(String.valueOf(event.text("state")), STATES.get("other"));
    add(left, event.cpu(), SchedPoint.Kind.OUT, task, next, voluntary ? state : PREEMPTED);
    int returned = (int) event.number("returnCpu", event.cpu());
    long waited = event.number("waited");
    if (voluntary && state != 0 && waited > 0) {
      int waker = named(event, "waker", "wakerTid");
      add(back - waited, returned, SchedPoint.Kind.WOKEN, task, waker, 0);
    }
    add(back, returned, SchedPoint.Kind.IN, task, 0, 0);
  }

  private void wait(KernelEvent event, int task) throws IOException {
    long begin = event.start() - offset;
    long length = event.duration();
    int culprit = named(event, "culprit", "culpritTid");
    // Only of a culprit that was alone is it known when it ran.
    boolean alone = event.number("tasksBetween") <= 1 && event.number("culpritHeld") > 0;
    if (alone && culprit > 0 && event.number("accounted") >= length) {
      add(begin, event.cpu(), SchedPoint.Kind.HELD, culprit, 0, 0);
    }
    add(begin + length, event.cpu(), SchedPoint.Kind.IN, task, 0, 0);
  }

  private int named(KernelEvent event, String name, String id) {
    int task = (int) event.number(id);
    if (task > 0 && event.text(name) != null) {
      names.put(task, event.text(name));
    }
    return task;
  }

  private void add(long time, int cpu, SchedPoint.Kind kind, int task, int other, int state)
      throws IOException {
    sorter.add(new SchedPoint(time, cpu, kind, task, other, state));
  }
}
