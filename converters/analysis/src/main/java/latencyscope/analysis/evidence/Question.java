package latencyscope.analysis.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import latencyscope.analysis.evidence.Requirement.AnyProbe;
import latencyscope.analysis.evidence.Requirement.CapturedTime;
import latencyscope.analysis.evidence.Requirement.Counters;
import latencyscope.analysis.evidence.Requirement.Events;
import latencyscope.analysis.evidence.Requirement.Histograms;
import latencyscope.analysis.evidence.Requirement.Probes;
import latencyscope.analysis.evidence.Requirement.TargetInScope;
import latencyscope.analysis.evidence.Requirement.Types;
import latencyscope.analysis.evidence.Requirement.WholeScope;
import latencyscope.jfr.schema.EventTypes;

/**
 * Every question that a report answers, and what the answer "none" rests on. What was seen is said
 * whatever is missing; what was not seen only with all of this.
 */
public enum Question {
  /** Is the recording complete? */
  COMPLETE(
      "capture",
      "Completeness of the capture",
      new Types(List.of(EventTypes.PROBE_STATUS, EventTypes.RECORDS_LOST)),
      new Probes("", List.of())),

  /** Was the target taken off its CPU? */
  SWITCHES(
      "isolation",
      "Involuntary context switches",
      new Counters("isolation"),
      new Probes("isolation", List.of("ls_sched_switch")),
      new TargetInScope()),

  /** Did a woken thread wait behind another task? */
  OBSTRUCTIONS(
      "isolation",
      "Waits of woken threads behind other tasks",
      anyEvents("isolation", EventTypes.RUN_QUEUE_WAIT),
      new Probes(
          "isolation",
          List.of("ls_sched_switch", "ls_sched_wakeup", "ls_sched_wakeup_new", "ls_sched_waking")),
      new TargetInScope()),

  /** Was the target moved? */
  MIGRATIONS(
      "isolation",
      "Migrations",
      new Counters("isolation"),
      new Probes(
          "isolation",
          List.of(
              "ls_sched_switch",
              "ls_sched_migrate_task",
              "ls_sched_move_numa",
              "ls_sched_swap_numa")),
      new TargetInScope()),

  /** Did an interrupt take much from a thread at once? */
  STOLEN(
      "irq",
      "Interrupts that stole more than 50 µs at once",
      new Histograms("irq"),
      new Probes("irq", List.of()),
      new TargetInScope()),

  /** Did devices interrupt CPUs that are meant for the target? */
  DEVICES(
      "irq",
      "Device interrupts on monitored or isolated CPUs",
      new Histograms("irq"),
      new Probes("irq", List.of("ls_irq_handler_entry", "ls_irq_handler_exit"))),

  /** May devices do so? */
  AFFINITY(
      "irq",
      "Interrupt lines whose affinity allows monitored or isolated CPUs",
      new Types(List.of(EventTypes.INTERRUPT_AFFINITY))),

  /** Did the target wait for pages to be read? */
  MAJOR_FAULTS(
      "memory",
      "Major page faults",
      new Counters("memory"),
      new Probes("memory", List.of("ls_page_faults_maj")),
      new TargetInScope()),

  /** Did minor faults cost the target more than they may? */
  MINOR_FAULTS(
      "memory",
      "Minor page faults",
      new Counters("memory"),
      new Histograms("memory"),
      new Events("memory", EventTypes.PAGE_FAULT, Question.LONG_FAULT_NS),
      new Probes(
          "memory", List.of("ls_page_faults_min", "ls_page_fault_user", "ls_page_fault_kernel")),
      new TargetInScope()),

  /** Did shootdowns interrupt the target more often than they may? */
  SHOOTDOWNS(
      "memory",
      "TLB shootdowns received",
      new Counters("memory"),
      new AnyProbe("memory", List.of("ls_csd_function_entry", "ls_tlb_flush")),
      new TargetInScope()),

  /** Did a busy thread sleep? */
  SLEEPS(
      "syscall",
      "Sleeps of busy threads",
      new Counters("syscall"),
      anyEvents("syscall", EventTypes.SLEEP),
      anyEvents("syscall", EventTypes.FUTEX_WAIT),
      calls(),
      new TargetInScope()),

  /** Did a busy thread wait for a lock? */
  LOCKS(
      "syscall",
      "Contended futex waits of busy threads",
      new Counters("syscall"),
      anyEvents("syscall", EventTypes.FUTEX_WAIT),
      calls(),
      new TargetInScope()),

  /** Did a busy thread block in another call? */
  CALLS(
      "syscall",
      "Blocking calls of busy threads",
      new Counters("syscall"),
      anyEvents("syscall", EventTypes.BLOCKING_SYSCALL),
      calls(),
      new TargetInScope()),

  /** Were packets of the target dropped? */
  DROPS(
      "network",
      "Dropped packets",
      new Counters("network"),
      new Probes("network", List.of("ls_kfree_skb", "ls_open_"))),

  /** Did packets reach the target in time? */
  DELIVERIES(
      "network",
      "Packets read more than 1 ms after their arrival",
      new Counters("network"),
      new Probes("network", List.of("ls_sock_recv_length", "ls_sk_data_ready", "ls_netif_"))),

  /** Was a device emptied whenever it was polled? */
  POLLS(
      "network",
      "Polls that exhausted their budget",
      new Counters("network"),
      new Probes("network", List.of("ls_napi_poll"))),

  /** Did a safepoint wait for a thread that was off its CPU? */
  SAFEPOINTS(
      "jvm",
      "Safepoints late because a thread was kept from running",
      new Events("isolation", EventTypes.RUN_QUEUE_WAIT, Question.NOTEWORTHY_NS),
      new Probes("isolation", List.of()),
      new WholeScope()),

  /** Was a GC worker kept from running in a pause? */
  GC_WORKERS(
      "jvm",
      "GC pauses with a starved worker",
      new Events("isolation", EventTypes.RUN_QUEUE_WAIT, Question.NOTEWORTHY_NS),
      new Probes("isolation", List.of()),
      new WholeScope());

  /** From here on a single minor fault matters. */
  public static final long LONG_FAULT_NS = 100_000;

  /** From here on it matters that a thread was kept from running in a pause. */
  public static final long NOTEWORTHY_NS = 1_000_000;

  private final String module;
  private final String title;
  private final List<Requirement> needs = new ArrayList<>();

  Question(String module, String title, Requirement... needs) {
    this.module = module;
    this.title = title;
    this.needs.add(new CapturedTime());
    this.needs.addAll(List.of(needs));
  }

  /** The probes of system calls; those of the kernel's locks are no condition for these. */
  static Probes calls() {
    return new Probes("syscall", List.of("ls_sys_enter", "ls_sys_exit", "ls_sched_waking"));
  }

  private static Events anyEvents(String module, String type) {
    return new Events(module, type, Long.MAX_VALUE);
  }

  /** Module that asks. */
  public String module() {
    return module;
  }

  /** What it is about, as the begin of a sentence. */
  public String title() {
    return title;
  }

  /** The question in the JSON report. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the answer "none" rests on. */
  public List<Requirement> needs() {
    return List.copyOf(needs);
  }
}
