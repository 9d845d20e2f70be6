package latencyscope.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import latencyscope.analysis.evidence.MetricNeeds;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.evidence.Requirement;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Kind;

/** What a contract can limit: where it is measured, and what an answer rests on. */
public enum Measure {
  /** Waits of a runnable thread for a CPU, after a wake-up or a preemption. */
  RUNQUEUE_WAIT(
      "isolation",
      "wait",
      Kind.CPU_WAIT,
      List.of(),
      List.of("runqueue_wakeup", "runqueue_preempted"),
      MetricNeeds.of("isolation.p99_runqueue_ns")),

  /** Times that a running thread lost its CPU; their length is the wait until it ran again. */
  PREEMPTIONS(
      "isolation",
      "preemption",
      Kind.CPU_WAIT,
      List.of("involuntary_switches"),
      List.of("runqueue_preempted"),
      Question.SWITCHES.needs()),

  /** Moves of a thread to another CPU. */
  MIGRATIONS(
      "isolation",
      "migration",
      Kind.OTHER,
      List.of(
          "migrations_wake",
          "migrations_balance",
          "migrations_affinity",
          "migrations_numa",
          "migrations_exec",
          "migrations_untraced"),
      List.of(),
      Question.MIGRATIONS.needs()),

  /** Interrupts of all kinds while a thread ran. */
  STOLEN_TIME(
      "irq",
      "interrupt",
      Kind.INTERRUPT,
      List.of(),
      List.of("stolen_hard_irq", "stolen_softirq", "stolen_local", "stolen_nmi"),
      Question.STOLEN.needs()),

  /** Interrupts of devices while a thread ran. */
  DEVICE_INTERRUPTS(
      "irq",
      "device interrupt",
      Kind.INTERRUPT,
      List.of(),
      List.of("stolen_hard_irq"),
      Question.STOLEN.needs()),

  /** Page faults that waited for a device. */
  MAJOR_FAULTS(
      "memory",
      "major fault",
      Kind.MAJOR_FAULT,
      List.of("major_faults"),
      List.of("major_fault"),
      Question.MAJOR_FAULTS.needs()),

  /** Page faults that needed no device; their lengths are those of all page faults. */
  MINOR_FAULTS(
      "memory",
      "minor fault",
      Kind.MINOR_FAULT,
      List.of("minor_faults"),
      List.of(
          "fault_java_heap",
          "fault_code_cache",
          "fault_metaspace",
          "fault_thread_stack",
          "fault_mapped_file",
          "fault_anonymous",
          "fault_unknown"),
      MetricNeeds.of("memory.minor_fault_count")),

  /** Times that a thread let pass: sleeps, and waits in a futex that timed out. */
  SLEEPS(
      "syscall",
      "sleep",
      Kind.SLEEP,
      List.of(),
      // Thread.sleep and parkNanos are waits in a futex.
      List.of("sleep", "futex_timed_out"),
      MetricNeeds.of("syscall.sleep.max_ns")),

  /** Other system calls that blocked. */
  BLOCKING_CALLS(
      "syscall",
      "blocking call",
      Kind.CALL,
      List.of(),
      List.of("blocking_call"),
      MetricNeeds.of("syscall.blocking_io_count")),

  /** Waits in a futex until another thread woke this one: locks, monitors, conditions, parks. */
  LOCKS(
      "syscall",
      "lock or park",
      Kind.LOCK,
      List.of(),
      List.of("futex_woken", "futex_interrupted"),
      MetricNeeds.of("syscall.futex_wait_count")),

  /** Packets of the process that were dropped; not of one thread. */
  DROPS(
      "network", "dropped packet", Kind.DROP, List.of("drops"), List.of(), Question.DROPS.needs()),

  /** Time from the request of a safepoint until all Java threads had stopped; of the process. */
  TIME_TO_SAFEPOINT("jvm", "safepoint", Kind.PAUSE, List.of(), List.of("safepoint"), List.of());

  private final String module;
  private final String noun;
  private final Kind kind;
  private final List<String> counters;
  private final List<String> distributions;
  private final List<Requirement> needs;

  Measure(
      String module,
      String noun,
      Kind kind,
      List<String> counters,
      List<String> distributions,
      List<Requirement> needs) {
    this.module = module;
    this.noun = noun;
    this.kind = kind;
    this.counters = counters;
    this.distributions = distributions;
    this.needs = needs;
  }

  /** The measure in a contract. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The measure with a key; empty if there is none. */
  static Optional<Measure> of(String key) {
    return Arrays.stream(values()).filter(measure -> measure.key().equals(key)).findFirst();
  }

  static String keys() {
    return Arrays.stream(values()).map(Measure::key).collect(Collectors.joining(", "));
  }

  /** Module of the capture that measures it; {@code jvm} for the JVM's own events. */
  public String module() {
    return module;
  }

  /** One occurrence, in words. */
  public String noun() {
    return noun;
  }

  /** What findings on it are about. */
  public Kind kind() {
    return kind;
  }

  /** So many occurrences, in words. */
  public String words(long count) {
    return this == LOCKS ? Count.words(count, noun, "locks and parks") : Count.words(count, noun);
  }

  /** The kernel's counters that add up to it; empty if its distributions count it. */
  public List<String> counters() {
    return counters;
  }

  /** The kernel's distributions of its lengths; empty if occurrences have none. */
  public List<String> distributions() {
    return distributions;
  }

  /** What the answer that there was none rests on. */
  public List<Requirement> needs() {
    return needs;
  }

  /** Whether occurrences have a length. */
  public boolean isTimed() {
    return !distributions.isEmpty();
  }

  /** Whether it is of the whole process, and not of a thread. */
  public boolean isOfProcess() {
    return this == DROPS || this == TIME_TO_SAFEPOINT;
  }
}
