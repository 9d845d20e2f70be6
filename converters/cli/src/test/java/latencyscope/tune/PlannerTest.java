package latencyscope.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.finding.Task;
import latencyscope.audit.RecordedHost;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Contract.HostClause;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.recording.thread.ThreadId;
import latencyscope.tune.Proof.Culprit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is planned on hosts that were written by hand. */
class PlannerTest {
  private static final long TARGET = 4711;
  private static final ThreadId FEED = new ThreadId(4721, "md-feed", 0);

  @TempDir Path root;

  private FakeHost fake;

  @BeforeEach
  void host() throws IOException {
    RecordedHost.write("bare-metal-64", root);
    fake = new FakeHost(root);
    fake.thread(TARGET, FEED.osTid(), "md-feed", "5", 100, 0);
  }

  /** A plan for a contract of which every clause is violated. */
  private Plan plan(String contract, Task... culprits) throws Exception {
    return planned(
        contract,
        Stream.of(culprits).map(task -> new Culprit(task, 10, 10_000_000, 2_000_000)).toList());
  }

  private Plan planned(String contract, List<Culprit> culprits) throws Exception {
    Contract read = ContractFile.parse("x.yml", "version: 1\n" + contract);
    List<ClauseResult> clauses = new ArrayList<>();
    Map<ThreadRule, List<ThreadId>> threads =
        read.threads().stream().collect(Collectors.toMap(rule -> rule, rule -> List.of(FEED)));
    for (ThreadRule rule : read.threads()) {
      if (rule.cpusLine() > 0) {
        clauses.add(violated("cpus", rule.cpusLine()));
      }
      for (Clause clause : rule.clauses()) {
        clauses.add(violated(clause.measure().key(), clause.line()));
      }
    }
    for (HostClause clause : read.host()) {
      clauses.add(violated(clause.rule().key(), clause.line()));
    }
    Proof proof = new Proof(new CheckResult(read, clauses, "", 1), threads, culprits);
    return new Planner(fake.host, TARGET).of(read, proof);
  }

  private static ClauseResult violated(String key, int line) {
    return new ClauseResult(
        "x", key, "0", "1", Outcome.VIOLATED, "", "Cure " + key + ".", line, null, 1);
  }

  private static Map<String, List<String>> steps(Plan plan) {
    return plan.steps().stream()
        .collect(
            Collectors.toMap(
                Step::name,
                step ->
                    step.changes().stream()
                        .map(c -> c.place().words() + ": " + c.before() + " -> " + c.after())
                        .toList()));
  }

  @Test
  void withoutAContractAllThatTheAuditFinds() {
    Plan plan = new Planner(fake.host, 0).ofAudit();
    Map<String, List<String>> steps = steps(plan);
    assertEquals(
        List.of("/proc/irq/25/smp_affinity_list: 0-63 -> 0-3,16-63"), steps.get("interrupt lines"));
    assertEquals(
        List.of("/sys/kernel/mm/transparent_hugepage/enabled: always -> madvise"),
        steps.get("transparent huge pages"));
    assertTrue(
        plan.atBoot().stream().anyMatch(s -> s.startsWith("isolcpus=managed_irq,domain,")),
        () -> plan.atBoot().toString());
    assertTrue(plan.byHand().contains("swap:\n  swapoff -a"), () -> plan.byHand().toString());
    assertTrue(
        plan.steps().stream()
            .flatMap(s -> s.changes().stream())
            .noneMatch(c -> c.before().equals(c.after())),
        "nothing is written that is there");
  }

  @Test
  void aHostThatIsRightNeedsNothing(@TempDir Path other) throws IOException {
    RecordedHost.write("vm", other);
    Plan plan = new Planner(new FakeHost(other).host, 0).ofAudit();
    assertTrue(plan.isEmpty(), () -> steps(plan).toString());
  }

  @Test
  void withOneOnlyWhatCanHelpWhatIsViolated() throws Exception {
    Plan plan = plan("threads: {name: md-feed, limits: {minor_faults: 0}}");
    assertTrue(steps(plan).containsKey("transparent huge pages"));
    assertTrue(steps(plan).keySet().stream().noneMatch(name -> name.contains("interrupt")));
    assertEquals(List.of(), plan.byHand());
    Plan none = plan("threads: {name: md-feed, limits: {sleeps: 0}}");
    assertTrue(none.isEmpty());
    assertEquals(List.of("Cure sleeps."), none.byHand());
  }

  @Test
  void theCpusOfAContractAreKeptFreeOfLines() throws Exception {
    Map<String, List<String>> steps =
        steps(plan("threads: {name: md-feed, cpus: 5, limits: {device_interrupts: 0}}"));
    // CPUs 4-15 of this host are isolated already.
    assertEquals(
        List.of("/proc/irq/25/smp_affinity_list: 0-63 -> 0-3,16-63"), steps.get("interrupt lines"));
    Map<String, List<String>> avoiding = steps(plan("host: {irq_avoid: 20}"));
    assertTrue(
        avoiding
            .get("interrupt lines")
            .contains("/proc/irq/25/smp_affinity_list: 0-63 -> 0-3,16-19,21-63"),
        avoiding::toString);
  }

  @Test
  void whatTheContractExpectsOfTheHostIsWritten() throws Exception {
    Map<String, List<String>> steps =
        steps(
            plan("host: {thp: never, governor: performance, clocksource: tsc, cstate_exit: 2us}"));
    assertEquals(
        List.of("/sys/kernel/mm/transparent_hugepage/enabled: always -> never"), steps.get("thp"));
    assertEquals(
        List.of("/sys/devices/system/cpu/cpu63/cpufreq/scaling_governor: powersave -> performance"),
        steps.get("governor"));
    assertEquals(32, steps.get("cstate_exit").size());
    Plan service = plan("host: {irqbalance: stopped, isolcpus: 60}");
    assertTrue(service.isEmpty());
    assertEquals(List.of("Cure irqbalance.", "Cure isolcpus."), service.byHand());
  }

  @Test
  void competitorsMoveToTheOtherCpus() throws Exception {
    fake.thread(812, 812, "backup.sh", "0-63", 200, 0);
    fake.thread(812, 813, "helper", "5", 201, 0);
    fake.thread(812, 814, "elsewhere", "0-3", 201, 0);
    fake.thread(30, 30, "ksoftirqd/5", "5", 1, 0x0420_8040);
    fake.thread(31, 31, "kswapd0", "0-63", 1, 0x0020_8040);
    fake.thread(TARGET, 4730, "GC Thread#0", "0-63", 100, 0);
    fake.thread(TARGET, 4731, "GC Thread#1", "0-63", 100, 0);
    Map<String, List<String>> steps =
        steps(
            plan(
                "threads: {name: md-feed, cpus: 5, limits: {runqueue_wait: 1us}}",
                new Task("backup.sh", 812, 812, null),
                new Task("ksoftirqd/5", 30, 30, null),
                new Task("kswapd0", 31, 31, null),
                new Task("GC Thread#0", 4730, TARGET, null),
                new Task("md-feed", FEED.osTid(), TARGET, null),
                new Task("ended", 999, 999, null),
                Task.QUOTA));
    assertEquals(
        List.of(
            "CPUs of backup.sh (pid 812): 0-63 -> 0-4,6-63",
            "CPUs of helper (pid 812, tid 813): 5 -> 0-4,6-63",
            "CPUs of kswapd0 (pid 31): 0-63 -> 0-4,6-63",
            "CPUs of GC Thread#0 (pid 4711, tid 4730): 0-63 -> 0-4,6-63"),
        steps.get("competitors"));
  }

  @Test
  void onlyThoseThatMatterMove() throws Exception {
    fake.thread(812, 812, "backup.sh", "0-63", 200, 0);
    fake.thread(900, 900, "cron", "0-63", 200, 0);
    fake.thread(1, 1, "init", "0-63", 1, 0);
    List<Culprit> culprits =
        List.of(
            new Culprit(new Task("backup.sh", 812, 812, null), 500, 95_000_000, 200_000),
            new Culprit(new Task("cron", 900, 900, null), 1, 5_000_000, 5_000_000),
            new Culprit(new Task("init", 1, 1, null), 500, 95_000_000, 5_000_000));
    Map<String, String> moved =
        Map.of(
            "{rate: 1ms/s}",
            "[812]",
            "{rate: 1/s}",
            "[812]",
            "1ms",
            "[812, 900]",
            "0",
            "[812, 900]");
    for (Map.Entry<String, String> bound : moved.entrySet()) {
      String limits = "limits: {preemptions: " + bound.getKey() + "}";
      Plan plan = planned("threads: {name: md-feed, cpus: 5, " + limits + "}", culprits);
      assertEquals(
          bound.getValue(),
          plan.steps().stream()
              .filter(step -> step.name().equals("competitors"))
              .flatMap(step -> step.changes().stream())
              .map(change -> ((Place.ThreadCpus) change.place()).tid())
              .toList()
              .toString(),
          bound.getKey());
    }
  }

  @Test
  void anIdThatIsAnotherProcesssSinceIsNotMoved() throws Exception {
    fake.thread(900, 812, "innocent", "0-63", 300, 0);
    Plan plan =
        plan(
            "threads: {name: md-feed, cpus: 5, limits: {preemptions: 0}}",
            new Task("backup.sh", 812, 812, null));
    assertTrue(!steps(plan).containsKey("competitors"), () -> steps(plan).toString());
  }

  @Test
  void withoutCpusThoseOfAPinnedThreadAreItsOwn() throws Exception {
    fake.thread(812, 812, "backup.sh", "0-63", 200, 0);
    Task culprit = new Task("backup.sh", 812, 812, null);
    String contract = "threads: {name: md-feed, limits: {preemptions: 0}}";
    assertTrue(steps(plan(contract, culprit)).containsKey("competitors"));
    fake.thread(TARGET, FEED.osTid(), "md-feed", "0-63", 100, 0);
    Plan plan = plan(contract, culprit);
    assertTrue(!steps(plan).containsKey("competitors"));
    assertTrue(plan.byHand().get(0).contains("Add cpus: to the rules"), plan.byHand()::toString);
  }

  @Test
  void declaredThreadsArePinned() throws Exception {
    fake.thread(TARGET, FEED.osTid(), "md-feed", "0-63", 100, 0);
    assertEquals(
        List.of("CPUs of md-feed (pid 4711, tid 4721): 0-63 -> 5-6"),
        steps(plan("threads: {name: md-feed, cpus: 5-6}")).get("threads md-feed"));
  }

  @Test
  void aContractThatWantsEveryCpuMovesNothing() throws Exception {
    Plan plan = plan("threads: {name: md-feed, cpus: 0-63, limits: {device_interrupts: 0}}");
    assertTrue(plan.byHand().get(0).startsWith("The contract wants every CPU"));
  }
}
