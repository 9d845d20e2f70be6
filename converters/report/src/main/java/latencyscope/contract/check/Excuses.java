package latencyscope.contract.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.Task;
import latencyscope.contract.Measure;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/**
 * What of a thread's suffering is not to be held against the target: what the profiler did itself,
 * and on a host that others use also what they did.
 */
final class Excuses {
  private static final List<String> OF_HOST =
      List.of("stolen_hard_irq", "stolen_local", "stolen_nmi");

  private final Recording recording;
  private final Noise noise;
  private final Culprits culprits;
  private final boolean shared;

  Excuses(Recording recording, Noise noise, boolean shared) {
    this.recording = recording;
    this.noise = noise;
    this.shared = shared;
    culprits = new Culprits(recording);
  }

  /**
   * What is excused.
   *
   * @param who did it, in words
   */
  record Excuse(Distribution lengths, long count, String who) {}

  /** What of the occurrences of a measure is excused. */
  Excuse of(ThreadId thread, Measure measure) {
    return switch (measure) {
      case RUNQUEUE_WAIT, PREEMPTIONS -> ofTasks(thread, measure);
      case STOLEN_TIME, DEVICE_INTERRUPTS -> ofInterrupts(thread, measure);
      case TIME_TO_SAFEPOINT -> ofSafepoints();
      default -> new Excuse(Distribution.EMPTY, 0, "");
    };
  }

  private Excuse ofTasks(ThreadId thread, Measure measure) {
    List<Map.Entry<Task, LengthCounter>> tasks =
        noise.by(thread, measure).entrySet().stream()
            .filter(entry -> isExcused(entry.getKey()))
            .sorted(
                Comparator.comparingLong((Map.Entry<Task, LengthCounter> e) -> e.getValue().count())
                    .reversed()
                    .thenComparing(e -> e.getKey().describe()))
            .toList();
    Distribution sum = Distribution.EMPTY;
    for (Map.Entry<Task, LengthCounter> task : tasks) {
      sum = sum.plus(task.getValue().distribution());
    }
    // Of a preemption the length is the wait that followed it, which another event has.
    Distribution lengths =
        measure == Measure.PREEMPTIONS ? ofTasks(thread, Measure.RUNQUEUE_WAIT).lengths() : sum;
    return new Excuse(lengths, sum.count(), who(tasks.stream().map(Map.Entry::getKey).toList()));
  }

  private static String who(List<Task> tasks) {
    String first = tasks.isEmpty() ? "" : tasks.get(0).describe();
    return tasks.size() < 2 ? first : first + " and " + (tasks.size() - 1) + " more";
  }

  private boolean isExcused(Task task) {
    return culprits.isOwn(task)
        || shared
            && recording.capture().targetPid() > 0
            && !culprits.isOfTarget(task)
            && !task.equals(Task.UNKNOWN);
  }

  private Excuse ofInterrupts(ThreadId thread, Measure measure) {
    Distribution sum = Distribution.EMPTY;
    if (shared) {
      for (String name : measure.distributions()) {
        if (OF_HOST.contains(name)) {
          sum =
              sum.plus(
                  recording
                      .distributions(measure.module(), name)
                      .getOrDefault(thread, Distribution.EMPTY));
        }
      }
    }
    return new Excuse(sum, sum.count(), "interrupts of the host");
  }

  private Excuse ofSafepoints() {
    LengthCounter late = new LengthCounter();
    List<Task> tasks = new ArrayList<>();
    for (Safepoint safepoint : noise.safepoints(recording)) {
      for (Noise.Wait wait : noise.waits()) {
        long overlap =
            Math.min(wait.end(), safepoint.reached()) - Math.max(wait.start(), safepoint.start());
        if (isExcused(wait.task()) && overlap > safepoint.timeToSafepoint() / 2) {
          late.add(safepoint.timeToSafepoint());
          if (!tasks.contains(wait.task())) {
            tasks.add(wait.task());
          }
          break;
        }
      }
    }
    return new Excuse(late.distribution(), late.count(), who(tasks));
  }
}
