package latencyscope.contract.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.finding.Task;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Environment;
import latencyscope.contract.Measure;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/**
 * What of a thread's suffering is not to be held against the target and its host: what the profiler
 * did itself, and what others did where the host is theirs, too.
 */
final class Excuses {
  private static final List<String> OF_HOST =
      List.of("stolen_hard_irq", "stolen_local", "stolen_nmi");

  /** What another virtual machine can make longer; not what a thread asked for itself. */
  private static final Set<Measure> OF_HYPERVISOR =
      Set.of(
          Measure.RUNQUEUE_WAIT,
          Measure.PREEMPTIONS,
          Measure.STOLEN_TIME,
          Measure.DEVICE_INTERRUPTS,
          Measure.MAJOR_FAULTS,
          Measure.MINOR_FAULTS,
          Measure.TIME_TO_SAFEPOINT);

  private final Recording recording;
  private final Noise noise;
  private final ThreadSettings settings;
  private final Culprits culprits;
  private final Environment environment;

  Excuses(Recording recording, Noise noise, ThreadSettings settings, Environment environment) {
    this.recording = recording;
    this.noise = noise;
    this.settings = settings;
    this.environment = environment;
    culprits = new Culprits(recording);
  }

  /**
   * What is excused.
   *
   * @param who did it, in words
   */
  record Excuse(Distribution lengths, long count, String who) {}

  /** Whose CPUs a thread runs on, of a rule that declares some for it alone. */
  Reserved reserved(ThreadId thread, CpuSet declared) {
    ThreadSettings.Setting setting = settings.of(thread.osTid());
    CpuSet allowed = setting == null ? recording.tasks().allowed(thread) : setting.allowed();
    CpuSet cpus = recording.host().isolated().plus(recording.host().nohzFull()).plus(declared);
    return new Reserved(allowed, allowed.size() == 1 ? cpus.plus(allowed) : cpus);
  }

  /** What of the occurrences of a measure is excused. */
  Excuse of(ThreadId thread, Measure measure, Reserved reserved) {
    return switch (measure) {
      case RUNQUEUE_WAIT, PREEMPTIONS -> ofTasks(thread, measure, reserved);
      case STOLEN_TIME, DEVICE_INTERRUPTS -> ofInterrupts(thread, measure, reserved);
      case TIME_TO_SAFEPOINT -> ofSafepoints(reserved);
      default -> new Excuse(Distribution.EMPTY, 0, "");
    };
  }

  /**
   * Says that the hypervisor may have caused it: that it gave the CPUs of a thread to others for
   * longer than what is beyond a bound. Empty if it did not, or if it is asked to be the target's.
   */
  Optional<String> steal(Clause clause, Occurrences seen, long ns, Reserved reserved) {
    boolean applies =
        environment != Environment.DEDICATED
            && clause.bound().isTimed()
            && OF_HYPERVISOR.contains(clause.measure());
    long steal = applies ? stolenFrom(reserved.allowed()) : 0;
    return steal > 0 && Judgement.excess(clause.bound(), seen, ns) <= steal
        ? Optional.of(
            "the hypervisor took "
                + Nanos.words(steal)
                + " from its CPUs meanwhile, which can be the cause")
        : Optional.empty();
  }

  private long stolenFrom(CpuSet cpus) {
    return recording.subjectCounts("isolation", "steal").entrySet().stream()
        .filter(entry -> entry.getKey().kind().equals("cpu"))
        .filter(entry -> cpus.isEmpty() || cpus.contains((int) entry.getKey().id()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private Excuse ofTasks(ThreadId thread, Measure measure, Reserved reserved) {
    List<Map.Entry<Task, LengthCounter>> tasks =
        noise.by(thread, measure, (task, cpu) -> isExcused(task, cpu, reserved)).entrySet().stream()
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
        measure == Measure.PREEMPTIONS
            ? ofTasks(thread, Measure.RUNQUEUE_WAIT, reserved).lengths()
            : sum;
    return new Excuse(lengths, sum.count(), who(tasks.stream().map(Map.Entry::getKey).toList()));
  }

  private static String who(List<Task> tasks) {
    String first = tasks.isEmpty() ? "" : tasks.get(0).describe();
    return tasks.size() < 2 ? first : first + " and " + (tasks.size() - 1) + " more";
  }

  private boolean isExcused(Task task, int cpu, Reserved reserved) {
    boolean foreign =
        recording.capture().targetPid() > 0
            && !culprits.isOfTarget(task)
            && !task.equals(Task.UNKNOWN);
    boolean excused =
        switch (environment) {
          case DEDICATED -> false;
          case SHARED -> true;
          // The host's owner sets the quota, not the thread's.
          case AUTO -> task.equals(Task.QUOTA) || !reserved.has(cpu);
        };
    return culprits.isOwn(task) || foreign && excused;
  }

  private Excuse ofInterrupts(ThreadId thread, Measure measure, Reserved reserved) {
    Distribution sum = Distribution.EMPTY;
    if (environment == Environment.SHARED
        || environment == Environment.AUTO && !reserved.isUsed()) {
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

  private Excuse ofSafepoints(Reserved reserved) {
    LengthCounter late = new LengthCounter();
    List<Task> tasks = new ArrayList<>();
    for (Safepoint safepoint : noise.safepoints(recording)) {
      for (Noise.Wait wait : noise.waits()) {
        long overlap =
            Math.min(wait.end(), safepoint.reached()) - Math.max(wait.start(), safepoint.start());
        if (isExcused(wait.task(), wait.cpu(), reserved)
            && overlap > safepoint.timeToSafepoint() / 2) {
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
