package latencyscope.contract.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.analysis.Report;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Outcome;
import latencyscope.recording.Fixture;
import latencyscope.recording.GoodRecording;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CPUs, policies, expectations of the host, and exceptions. */
class SettingsClausesTest {
  @TempDir Path process;

  /** A thread of a process as {@code /proc} shows it. */
  private ThreadSettings settings(String cpus, int policy) throws IOException {
    Path task = Files.createDirectories(process.resolve("task/4720"));
    Files.writeString(
        task.resolve("status"),
        "Name:\tstrategy\nState:\tR (running)\nTgid:\t4711\nCpus_allowed_list:\t" + cpus + "\n");
    Files.writeString(task.resolve("comm"), "strategy\n");
    StringBuilder stat = new StringBuilder("4720 (strategy) R");
    for (int field = 4; field <= 52; field++) {
      stat.append(' ').append(field == 41 ? policy : field);
    }
    Files.writeString(task.resolve("stat"), stat);
    return ThreadSettings.read(process);
  }

  private static ClauseResult rule(String clause, ThreadSettings settings) {
    String contract = "version: 1\nthreads:\n- name: strategy\n  " + clause + "\n";
    return ClauseOutcomesTest.check(contract, new GoodRecording().scene(), settings)
        .clauses()
        .get(0);
  }

  @Test
  void cpusAreThoseThatAThreadMayUse() throws IOException {
    assertEquals(Outcome.PASSED, rule("cpus: 2-3", settings("2", 0)).outcome());
    ClauseResult broken = rule("cpus: 2-3", settings("0-3", 0));
    assertEquals(Outcome.VIOLATED, broken.outcome());
    assertEquals("strategy (4720) may run on CPUs 0-3", broken.evidence());
    assertTrue(broken.remedy().contains("taskset -pc 2-3 4720"), broken.remedy());
    assertEquals(Outcome.INCONCLUSIVE, rule("cpus: 2-3", ThreadSettings.NONE).outcome());
  }

  @Test
  void policyIsThatOfTheThread() throws IOException {
    assertEquals(Outcome.PASSED, rule("policy: fifo", settings("2", 1)).outcome());
    ClauseResult broken = rule("policy: fifo", settings("2", 2));
    assertEquals(Outcome.VIOLATED, broken.outcome());
    assertTrue(broken.remedy().contains("chrt -f -p 1 4720"), broken.remedy());
    assertEquals(Outcome.INCONCLUSIVE, rule("policy: fifo", ThreadSettings.NONE).outcome());
  }

  @Test
  void aRecordedPriorityCanOnlyContradictAPolicy() throws Exception {
    ThreadId feed = new ThreadId(4721, "md-feed", 0);
    for (String policy : new String[] {"fifo", "other"}) {
      Fixture fixture = new Fixture().capture("", "");
      fixture.wait(feed, 1_000, 1_000, 1, "wakeup", "x", 812); // of priority 120
      Noise noise = new Noise();
      fixture.source().read(noise);
      String contract = "version: 1\nthreads: {name: md-feed, policy: " + policy + "}";
      ClauseResult result =
          new Checker(
                  ContractFile.parse("x.yml", contract),
                  fixture.report(),
                  noise,
                  ThreadSettings.NONE,
                  ClauseOutcomesTest.TODAY)
              .result()
              .clauses()
              .get(0);
      assertEquals(
          policy.equals("fifo") ? Outcome.VIOLATED : Outcome.INCONCLUSIVE, result.outcome());
    }
  }

  @Test
  void aThreadThatNothingDisturbedIsFoundInTheProcess() throws IOException {
    String contract = "version: 1\nthreads:\n- {name: strategy, cpus: 2}\n";
    CheckResult found =
        ClauseOutcomesTest.check(contract, new GoodRecording().silent().scene(), settings("2", 0));
    assertEquals(Outcome.PASSED, found.outcome());
  }

  private static ClauseResult host(String expectation, Fixture fixture) throws Exception {
    String contract = "version: 1\nhost:\n  " + expectation + "\n";
    Report report = fixture.report();
    return new Checker(
            ContractFile.parse("x.yml", contract),
            report,
            new Noise(),
            ThreadSettings.NONE,
            ClauseOutcomesTest.TODAY)
        .result()
        .clauses()
        .get(0);
  }

  private static Fixture described() {
    Fixture fixture = new Fixture().capture("", "4-7");
    fact(fixture, "governor", "performance+powersave");
    fact(fixture, "deepest_idle_state", "C6, 133 us to leave");
    fact(fixture, "transparent_hugepage", "madvise");
    fact(fixture, "irqbalance", "running, pid 812");
    fact(fixture, "clocksource", "tsc");
    return fixture.add(
        "InterruptAffinity",
        "irq",
        27L,
        "devices",
        "eth0",
        "allowedCpus",
        "0-1",
        "effectiveCpus",
        "0",
        "managed",
        "no",
        "irqbalancePid",
        0L,
        "counted",
        0L);
  }

  private static void fact(Fixture fixture, String name, String value) {
    fixture.add("HostFact", "name", name, "value", value, "source", "/sys");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "isolcpus: 5-6|PASSED",
        "isolcpus: 3-4|VIOLATED",
        "nohz_full: 4-7|PASSED",
        "nohz_full: 1|VIOLATED",
        "governor: [performance, powersave]|PASSED",
        "governor: performance|VIOLATED",
        "cstate_exit: 133us|PASSED",
        "cstate_exit: 2us|VIOLATED",
        "thp: [never, madvise]|PASSED",
        "thp: never|VIOLATED",
        "irqbalance: running|PASSED",
        "irqbalance: stopped|VIOLATED",
        "irq_avoid: 4-7|PASSED",
        "irq_avoid: 1-2|VIOLATED",
        "clocksource: tsc|PASSED",
        "clocksource: hpet|VIOLATED"
      })
  void expectationsOfTheHost(String expectation, Outcome outcome) throws Exception {
    ClauseResult result = host(expectation, described());
    assertEquals(outcome, result.outcome(), result.evidence());
    assertEquals(outcome == Outcome.PASSED, result.remedy() == null);
    assertEquals(
        Outcome.INCONCLUSIVE, host(expectation, new Fixture()).outcome(), "of an unknown host");
  }

  private static CheckResult excepted(String exception) {
    String contract =
        "version: 1\nthreads:\n- {name: strat*, limits: {locks: 0}}\nexceptions:\n- {"
            + exception
            + ", reason: a known one}\n";
    return ClauseOutcomesTest.check(contract, new GoodRecording().scene(), ThreadSettings.NONE);
  }

  @Test
  void anExceptionHoldsUntilItsLastDay() {
    CheckResult today = excepted("clause: locks, threads: strategy, until: 2026-12-01");
    assertEquals(Outcome.EXCEPTED, today.clauses().get(0).outcome());
    assertEquals(0, today.exitCode(true));
    CheckResult yesterday = excepted("clause: locks, until: 2026-11-30");
    assertEquals(Outcome.VIOLATED, yesterday.clauses().get(0).outcome());
    String expired = "the exception of line 5 expired on 2026-11-30";
    assertTrue(yesterday.clauses().get(0).evidence().endsWith(expired));
  }

  @Test
  void anExceptionOfSomethingElseDoesNotHold() {
    assertEquals(Outcome.VIOLATED, excepted("clause: sleeps, until: 2027-01-01").outcome());
    assertEquals(
        Outcome.VIOLATED, excepted("clause: locks, threads: feed, until: 2027-01-01").outcome());
    assertNull(
        rule("cpus: 2", ThreadSettings.NONE).measured(), "what was not measured has no value");
  }
}
