package latencyscope.tune;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import latencyscope.audit.Audit;
import latencyscope.audit.AuditItem;
import latencyscope.audit.Setting;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.HostClause;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.HostRule;
import latencyscope.contract.Measure;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.ClauseResult;
import latencyscope.proc.CpuSet;
import latencyscope.recording.thread.ThreadId;
import latencyscope.tune.Place.KernelValue;
import latencyscope.tune.Place.ThreadCpus;

/**
 * Plans what to write: without a contract all that the audit finds, with one only what can help a
 * clause that is violated. Reads the host, and writes nothing. For one plan.
 */
public final class Planner {
  private static final String LINES = "irq";
  private static final Set<String> OF_CPU_TIME =
      Set.of(
          Measure.RUNQUEUE_WAIT.key(), Measure.PREEMPTIONS.key(), Measure.TIME_TO_SAFEPOINT.key());

  private static final Set<String> OF_LINES =
      Set.of(Measure.DEVICE_INTERRUPTS.key(), HostRule.IRQ_AVOID.key());

  private final Host host;
  private final long pid;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Place> planned = new HashSet<>();
  private final Set<String> addressed = new HashSet<>();
  private boolean linesNamed;
  private final List<String> atBoot = new ArrayList<>();
  private final List<String> byHand = new ArrayList<>();

  /**
   * Plans for a host.
   *
   * @param pid process that is to be helped; 0 for none
   */
  public Planner(Host host, long pid) {
    this.host = host;
    this.pid = pid;
  }

  /** What the audit finds. */
  public Plan ofAudit() {
    Audit audit = Audit.of(host.root(), pid);
    audited(audit.in(AuditItem.State.AGAINST));
    for (AuditItem item : audit.in(AuditItem.State.AGAINST)) {
      if (!item.boot() && item.settings().isEmpty()) {
        byHand.add(item.name() + ":\n  " + item.command());
      }
    }
    return plan();
  }

  /** What can help a contract's violated clauses. */
  public Plan of(Contract contract, Proof proof) {
    List<ClauseResult> violated =
        proof.result().clauses().stream()
            .filter(clause -> clause.outcome() == Outcome.VIOLATED)
            .toList();
    Set<Integer> lines = violated.stream().map(ClauseResult::line).collect(Collectors.toSet());
    Set<String> keys = violated.stream().map(ClauseResult::key).collect(Collectors.toSet());
    linesNamed = keys.stream().anyMatch(OF_LINES::contains);
    Exclusive exclusive = Exclusive.of(host, contract, proof);
    if (exclusive.isEverything()) {
      byHand.add(
          "The contract wants every CPU: nothing can be moved away. Leave a CPU for the rest of the"
              + " host.");
    }
    for (HostClause clause : contract.host()) {
      if (lines.contains(clause.line())) {
        expected(clause);
      }
    }
    Audit audit = Audit.of(host.root(), pid, exclusive.cpus());
    audited(audit.in(AuditItem.State.AGAINST).stream().filter(item -> helps(item, keys)).toList());
    if (keys.stream().anyMatch(OF_CPU_TIME::contains)) {
      competitors(contract, exclusive, proof);
    }
    for (ThreadRule rule : contract.threads()) {
      if (!rule.cpus().isEmpty() && lines.contains(rule.cpusLine())) {
        pins(rule, proof.threads().getOrDefault(rule, List.of()));
      }
    }
    for (ClauseResult clause : violated) {
      if (!addressed.contains(clause.key()) && clause.remedy() != null) {
        byHand.add(clause.remedy());
      }
    }
    return plan();
  }

  private Plan plan() {
    return new Plan(
        steps, atBoot.stream().distinct().toList(), byHand.stream().distinct().toList());
  }

  private static boolean helps(AuditItem item, Set<String> keys) {
    return item.helps().stream().anyMatch(measure -> keys.contains(measure.key()))
        || item.area().equals(LINES) && keys.contains(HostRule.IRQ_AVOID.key());
  }

  private void audited(List<AuditItem> items) {
    Map<String, List<AuditItem>> groups = new LinkedHashMap<>();
    for (AuditItem item : items) {
      if (item.boot()) {
        atBoot.add(item.command() + "\n  (" + item.name() + ": " + item.current() + ")");
      } else if (!item.settings().isEmpty()) {
        String group = item.area().equals(LINES) ? "interrupt lines" : item.name();
        groups.computeIfAbsent(group, g -> new ArrayList<>()).add(item);
      } else if (item.area().equals(LINES)) {
        byHand.add(item.name() + " is " + item.current() + ":\n  " + item.command());
      }
    }
    groups.forEach((name, members) -> {
      List<Setting> settings = members.stream().flatMap(m -> m.settings().stream()).toList();
      boolean named = members.get(0).area().equals(LINES) && linesNamed;
      if (add(name, members.get(0).why(), named, changes(settings))) {
        members.forEach(m -> m.helps().forEach(measure -> addressed.add(measure.key())));
        addressed.addAll(
            members.get(0).area().equals(LINES) ? Set.of(HostRule.IRQ_AVOID.key()) : Set.of());
      }
    });
  }

  private boolean add(String name, String why, boolean named, List<Change> changes) {
    List<Change> fresh =
        changes.stream()
            .filter(change -> !change.before().equals(change.after()))
            .filter(change -> planned.add(change.place()))
            .toList();
    if (!fresh.isEmpty()) {
      steps.add(new Step(name, why, named, fresh));
    }
    return !fresh.isEmpty();
  }

  private List<Change> changes(List<Setting> settings) {
    List<Change> changes = new ArrayList<>();
    for (Setting setting : settings) {
      Place place = new KernelValue(setting.file(), setting.form());
      place
          .read(host)
          .ifPresent(
              before -> changes.add(new Change(place, before, setting.form().of(setting.value()))));
    }
    return changes;
  }

  private void expected(HostClause clause) {
    List<Setting> settings =
        Audit.settings(host.root(), clause.rule(), clause.words(), clause.ns());
    String why = "The contract wants " + clause.rule().key() + ": " + clause.words().get(0) + ".";
    if (add(clause.rule().key(), why, true, changes(settings))) {
      addressed.add(clause.rule().key());
    }
  }

  private void competitors(Contract contract, Exclusive exclusive, Proof proof) {
    if (exclusive.cpus().isEmpty()) {
      byHand.add(
          "No thread of the contract is pinned and no rule has cpus:, so there is no CPU to keep"
              + " others off. Add cpus: to the rules of the threads that must not wait.");
      return;
    }
    Competitors competitors =
        new Competitors(host, pid, exclusive, proof, Weight.of(contract, proof));
    boolean some =
        add(
            "competitors",
            "They kept threads of the contract from running on CPUs " + exclusive.cpus() + ".",
            true,
            competitors.changes());
    if (some) {
      addressed.addAll(OF_CPU_TIME);
    }
  }

  private void pins(ThreadRule rule, List<ThreadId> threads) {
    List<Change> changes = new ArrayList<>();
    for (ThreadId thread : threads) {
      host.affinity(thread.osTid())
          .filter(now -> !rule.cpus().containsAll(CpuSet.parse(now.allowedCpus())))
          .ifPresent(now ->
              host.startTime(thread.osTid())
                  .ifPresent(start ->
                      changes.add(
                          new Change(
                              new ThreadCpus(thread.osTid(), now.processId(), start, thread.name()),
                              now.allowedCpus(),
                              rule.cpus().toString()))));
    }
    String why = "The contract wants these threads on CPUs " + rule.cpus() + ".";
    if (add("threads " + rule.names().text(), why, true, changes)) {
      addressed.add("cpus");
    }
  }
}
