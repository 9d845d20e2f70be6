package latencyscope.analysis.evidence;

import java.util.List;
import java.util.regex.Pattern;
import latencyscope.analysis.evidence.Requirement.CapturedTime;
import latencyscope.analysis.evidence.Requirement.Counted;
import latencyscope.analysis.evidence.Requirement.Counters;
import latencyscope.analysis.evidence.Requirement.Events;
import latencyscope.analysis.evidence.Requirement.Histograms;
import latencyscope.analysis.evidence.Requirement.Probes;
import latencyscope.analysis.evidence.Requirement.TargetInScope;
import latencyscope.analysis.evidence.Requirement.Types;
import latencyscope.jfr.schema.EventTypes;

/** What the numbers of the JSON report rest on, by their paths. */
public final class MetricNeeds {
  private static final CapturedTime TIME = new CapturedTime();
  private static final TargetInScope TARGET = new TargetInScope();
  private static final Events ANY_WAIT =
      new Events("isolation", EventTypes.RUN_QUEUE_WAIT, Long.MAX_VALUE);

  private static final Pattern RESOLUTION =
      Pattern.compile("(?<=^[a-z]{3,9})\\.resolution\\.(\\w+)\\.");

  /** The first that fits counts. */
  private static final List<Rule> RULES =
      List.of(
          rule(
              "isolation.(threads\\[].)?.*(runqueue|wakeup_wait|preempted_wait).*",
              TIME,
              new Histograms("isolation"),
              probes("isolation", "ls_sched_switch", "ls_sched_wakeup", "ls_sched_waking"),
              TARGET),
          rule(
              "isolation.(threads\\[].)?(total_context|voluntary|involuntary)_switches",
              TIME,
              new Counters("isolation"),
              new Counted(probes("isolation", "ls_sched_switch")),
              TARGET),
          rule("isolation.(threads\\[].)?.*switches.*", Question.SWITCHES),
          rule("isolation.(threads\\[].)?.*migrations.*", Question.MIGRATIONS),
          rule("isolation.(threads\\[].)?run_delay.*", TIME, new Counters("isolation"), TARGET),
          rule("irq.irq_count_by_kernel", TIME, new Types(List.of(EventTypes.INTERRUPT_AFFINITY))),
          rule("irq.(stolen.*|softirq_overlaps|softirq_own_call_count)", Question.STOLEN),
          rule(
              "irq.softirq_.*",
              TIME,
              new Histograms("irq"),
              probes("irq", "ls_softirq_entry", "ls_softirq_exit")),
          rule("irq.(total_irq_count|irq_.*|max_irq_duration_ns)", Question.DEVICES),
          rule("irq.monitored_irq_count", Question.DEVICES),
          rule("irq.local_count", TIME, new Histograms("irq"), probes("irq")),
          rule(
              "memory.(minor_fault_count|threads\\[].minor_faults)",
              TIME,
              new Counters("memory"),
              new Counted(probes("memory", "ls_page_faults_min")),
              TARGET),
          rule(
              "memory.minor_fault.*",
              TIME,
              new Counters("memory"),
              probes("memory", "ls_page_faults_min"),
              TARGET),
          rule(
              "memory.(major_fault_count|threads\\[].major_faults)",
              TIME,
              new Counters("memory"),
              new Counted(probes("memory", "ls_page_faults_maj")),
              TARGET),
          rule("memory.major_faults_monitored", Question.MAJOR_FAULTS),
          rule("memory.faults_unt.*", TIME, new Counters("memory"), TARGET),
          rule(
              "memory.(fault_.*|major_fault\\..*|threads\\[].faults\\..*)",
              TIME,
              new Histograms("memory"),
              probes("memory", "ls_page_fault_user", "ls_page_fault_kernel", "ls_page_faults_m"),
              TARGET),
          rule(
              "memory.shootdown\\..*",
              TIME,
              new Histograms("memory"),
              new Requirement.AnyProbe("memory", List.of("ls_csd_function_entry", "ls_tlb_flush")),
              TARGET),
          rule("memory.(threads\\[].)?tlb_shootdowns_received.*", Question.SHOOTDOWNS),
          rule(
              "memory.(threads\\[].)?tlb_.*",
              TIME,
              new Counters("memory"),
              probes("memory", "ls_tlb_flush"),
              TARGET),
          rule(
              "memory.huge_pages.collaps.*",
              TIME,
              new Counters("memory"),
              probes("memory", "ls_collapse_huge_page")),
          rule("memory.huge_pages.*", TIME, new Counters("memory")),
          rule(
              "memory.numa.pages_migrated.*",
              TIME,
              new Counters("memory"),
              probes("memory", "ls_migrate_pages"),
              TARGET),
          rule(
              "memory.numa.(remote_fault_count|faults_located)",
              TIME,
              new Events("memory", EventTypes.PAGE_FAULT, Long.MAX_VALUE),
              TARGET),
          rule(
              "syscall.(syscall_count|restarted_count|futex_value_changed_count"
                  + "|threads\\[].(blocked_ns|active_ns|syscall_count))",
              TIME,
              new Counters("syscall"),
              Question.calls(),
              TARGET),
          rule(
              "syscall.(locks.*|(threads\\[].)?(contended_wait_count|futex_waits_by_reason.*))",
              TIME,
              new Events("syscall", EventTypes.FUTEX_WAIT, Long.MAX_VALUE),
              Question.calls(),
              TARGET),
          rule(
              "syscall.sleep_event_count",
              TIME,
              new Histograms("syscall"),
              new Events("syscall", EventTypes.FUTEX_WAIT, Long.MAX_VALUE),
              Question.calls(),
              TARGET),
          rule(
              "syscall.(futex.*|blocking.*|sleep\\..*|overslept.*"
                  + "|threads\\[].(futex|sleep|blocking).*)",
              TIME,
              new Histograms("syscall"),
              Question.calls(),
              TARGET),
          rule(
              "network.napi_(p\\d.*|max_ns|occurrences|resolved_percent)",
              TIME,
              new Histograms("network"),
              probes("network", "ls_napi_poll")),
          rule("network.napi_.*", Question.POLLS),
          rule(
              "network.skb_receive_count",
              TIME,
              new Counters("network"),
              probes("network", "ls_netif_")),
          rule(
              "network.(delivery_(p\\d.*|max_ns|occurrences|resolved_percent)|arrival_to_queue.*|queue_to_reader.*"
                  + "|threads\\[].(delivery|arrival_to_queue|queue_to_reader)\\..*)",
              TIME,
              new Histograms("network"),
              probes("network", "ls_sock_recv_length", "ls_sk_data_ready", "ls_netif_")),
          rule(
              "network.(deliver.*|threads\\[].(deliveries|bytes|slow|untimed))",
              Question.DELIVERIES),
          rule("network.[a-z_]*drop_count", Question.DROPS),
          rule("capture.lost", TIME, new Types(List.of(EventTypes.RECORDS_LOST))),
          rule(
              "capture.own_lock_wait.*",
              TIME,
              new Events("syscall", EventTypes.FUTEX_WAIT, Long.MAX_VALUE),
              Question.calls()),
          rule("capture.own_wait.*", TIME, ANY_WAIT));

  private MetricNeeds() {}

  private record Rule(Pattern paths, List<Requirement> needs) {}

  private static Rule rule(String paths, Requirement... needs) {
    return new Rule(Pattern.compile(paths.replaceFirst("\\.", "\\\\.")), List.of(needs));
  }

  private static Rule rule(String paths, Question question) {
    return new Rule(Pattern.compile(paths.replaceFirst("\\.", "\\\\.")), question.needs());
  }

  private static Probes probes(String module, String... programs) {
    return new Probes(module, List.of(programs));
  }

  /**
   * What a number rests on; nothing for one that a single event or the recording itself gives.
   *
   * @param path such as {@code isolation.threads[].run_delay_ns}
   */
  public static List<Requirement> of(String path) {
    // resolution.X.count needs what X_count needs.
    String beside = RESOLUTION.matcher(path).replaceFirst(".$1_");
    return RULES.stream()
        .filter(rule -> rule.paths().matcher(beside).matches())
        .map(Rule::needs)
        .findFirst()
        .orElse(List.of());
  }
}
