package latencyscope.trace;

import java.util.Map;

/** States of tasks as tracepoint {@code sched_switch} writes them since Linux 4.14. */
final class TaskState {
  /** Left while it could have run on. */
  static final int PREEMPTED = 256;

  /**
   * TASK_IDLE, in which no thread of a process ever is: stands for a state that is not recorded, so
   * that what is shown as running, waiting or sleeping is what was measured, and nothing else.
   */
  static final int NOT_RECORDED = 128;

  private static final Map<String, Integer> BY_NAME =
      Map.of(
          "running", 0,
          "sleeping", 1,
          "disk", 2,
          "stopped", 4,
          "traced", 8,
          "dead", 16,
          "parked", 64,
          "other", NOT_RECORDED);

  private TaskState() {}

  /** The state of that name in a recording. */
  static int named(String name) {
    return BY_NAME.getOrDefault(String.valueOf(name), NOT_RECORDED);
  }
}
