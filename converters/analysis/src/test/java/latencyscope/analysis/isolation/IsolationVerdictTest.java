package latencyscope.analysis.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class IsolationVerdictTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final long TARGET = 4711;

  private static ModuleReport isolation(Fixture fixture) {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private static Fixture shared() {
    return new Fixture()
        .capture("", "")
        .countsOfZero(STRATEGY)
        .probe("isolation", "ls_sched_switch", "attached", null, null);
  }

  private static Fixture monitored() {
    return new Fixture()
        .capture("4-7", "")
        .countsOfZero(STRATEGY)
        .probe("isolation", "ls_sched_switch", "attached", null, null);
  }

  @Test
  void nothingOfNotePasses() {
    assertEquals(0, shared().report().exitCode());
    assertEquals(0, monitored().report().exitCode());
  }

  @Test
  void aCulpritThatComesWithARhythmIsToldSo() {
    Fixture fixture = shared();
    for (int i = 0; i < 8; i++) {
      long start = i * 1_000_000_000L;
      fixture.wait(STRATEGY, start, 12_000, 4, "preempted", "kworker/4:1", 33);
    }
    String evidence = isolation(fixture).findings().get(0).evidence();
    assertTrue(evidence.contains("; it recurs every 1.0 s ± 0.0 s"), evidence);
  }

  @Test
  void involuntarySwitchOnSharedCpuWarns() {
    Fixture fixture = shared().count("involuntary_switches", STRATEGY, 3);
    assertEquals(1, fixture.report().exitCode());
  }

  @Test
  void involuntarySwitchOnMonitoredCpuFails() {
    Fixture fixture =
        monitored()
            .count("involuntary_switches", STRATEGY, 3)
            .count("involuntary_switches_monitored", STRATEGY, 3);
    assertEquals(2, fixture.report().exitCode());
    assertEquals(1, isolation(fixture).count(Severity.FAIL));
  }

  @Test
  void switchesOnSharedCpusBesideMonitoredOnesWarnOnTheirOwn() {
    Fixture fixture =
        monitored()
            .count("involuntary_switches", STRATEGY, 5)
            .count("involuntary_switches_monitored", STRATEGY, 3);
    ModuleReport report = isolation(fixture);
    assertEquals(
        List.of(
            "Involuntary context switches on monitored CPUs: 3",
            "Involuntary context switches on shared CPUs: 2"),
        report.verdicts().stream().map(Verdict::text).limit(2).toList());
  }

  @Test
  void hostsIsolatedCpusNeedNotBeGiven() {
    Fixture fixture =
        new Fixture()
            .capture("", "4-7")
            .countsOfZero(STRATEGY)
            .wait(STRATEGY, 0, 5_000, 4, "wakeup", "stress-ng", 9001);
    assertEquals(2, fixture.report().exitCode());
  }

  @Test
  void foreignTaskInTheWayFailsOnMonitoredAndWarnsOnShared() {
    assertEquals(
        2, monitored().wait(STRATEGY, 0, 5_000, 4, "wakeup", "sh", 9001).report().exitCode());
    assertEquals(
        1, monitored().wait(STRATEGY, 0, 5_000, 1, "wakeup", "sh", 9001).report().exitCode());
    assertEquals(1, shared().wait(STRATEGY, 0, 5_000, 4, "wakeup", "sh", 9001).report().exitCode());
  }

  @Test
  void targetsOwnThreadIsNotForeign() {
    Fixture fixture = monitored().wait(STRATEGY, 0, 5_000, 4, "wakeup", "md-feed", TARGET);
    assertEquals(1, fixture.report().exitCode());
  }

  @Test
  void quickWakeUpOfAnIdleCpuIsNothingOfNote() {
    Fixture fixture = monitored().wait(STRATEGY, 0, 9_999, 4, "wakeup", null, 0);
    assertEquals(0, fixture.report().exitCode());
    assertTrue(isolation(fixture).findings().isEmpty());
  }

  @Test
  void slowWakeUpOfAnIdleCpuIsNobodysFault() {
    Fixture fixture = monitored().wait(STRATEGY, 0, 60_000, 4, "wakeup", null, 0);
    assertEquals(1, fixture.report().exitCode());
    assertEquals("strategy was slow to wake on an idle CPU", finding(fixture).title());
    assertNull(finding(fixture).culpritInWords());
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    Fixture service = monitored().wait(gc, 0, 60_000, 4, "wakeup", null, 0);
    assertEquals(0, service.report().exitCode());
  }

  @Test
  void toolsOwnThreadsAreBlamedOnlyByTheCapture() {
    Fixture fixture =
        monitored().wait(STRATEGY, 0, 5_000_000, 4, "preempted", "latencyscope-dr", TARGET);
    assertTrue(isolation(fixture).findings().isEmpty());
    Metrics capture = fixture.report().capture().metrics();
    assertEquals(1L, capture.get("own_wait_count"));
    assertEquals(5_000_000L, capture.get("own_wait_ns"));
    assertEquals(0, fixture.report().exitCode());
    // 1 % of the captured 10 s.
    fixture.wait(STRATEGY, 0, 110_000_000, 4, "preempted", "latencyscope-dr", TARGET);
    assertEquals(1, fixture.report().exitCode());
    assertEquals(1, fixture.report().capture().count(Severity.WARN));
  }

  @Test
  void agentOfAnotherProcessIsBlamedAsThatProcess() {
    Fixture fixture =
        monitored().wait(STRATEGY, 0, 5_000_000, 4, "preempted", "latencyscope-dr", TARGET + 1);
    assertEquals(1, isolation(fixture).findings().size());
    assertEquals(0L, fixture.report().capture().metrics().get("own_wait_count"));
    assertEquals(1, ((List<?>) isolation(fixture).metrics().get("worst")).size());
  }

  @Test
  void processThatRecordsFromOutsideIsOurs() {
    Fixture fixture =
        shared()
            .recorder(7_000)
            .wait(STRATEGY, 0, 50_000, 4, "preempted", "JFR Recorder Th", 7_000)
            .wait(STRATEGY, 9, 40_000, 4, "preempted", "JFR Recorder Th", 7_001);
    List<Finding> findings = isolation(fixture).findings();
    assertEquals(1, findings.size());
    assertEquals(40_000, findings.get(0).worstNs());
  }

  @Test
  void threadOfTheTargetGoesByItsJavaName() {
    ThreadId compiler = new ThreadId(TARGET, "C2 CompilerThread0", 0);
    Fixture fixture =
        shared()
            .count("voluntary_switches", compiler, 1)
            .wait(STRATEGY, 0, 50_000, 4, "preempted", "C2 CompilerThre", TARGET);
    assertEquals("C2 CompilerThread0 preempted strategy", finding(fixture).title());
  }

  @Test
  void worstIsOfTheEnginesThreads() {
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    Fixture fixture =
        shared()
            .count("involuntary_switches", STRATEGY, 3)
            .wait(gc, 0, 9_000_000, 1, "preempted", "sh", 9001)
            .wait(STRATEGY, 10, 5_000, 1, "preempted", "sh", 9001)
            .wait(STRATEGY, 20, 4_000, 1, "preempted", "rm", 9002)
            .wait(STRATEGY, 30, 4_000, 1, "preempted", "rm", 9002);
    Verdict verdict = isolation(fixture).verdicts().get(0);
    assertEquals(5_000, verdict.worst().worstNs());
    assertEquals(
        "sh (pid 9001) preempted strategy; most time in total: rm (pid 9002)", verdict.cause());
    assertEquals(9_000_000, verdict.service().worstNs());
    assertEquals("sh (pid 9001) preempted GC Thread#0", verdict.service().title());
  }

  @Test
  void involuntaryMigrationFailsOnlyOnMonitoredCpus() {
    Fixture shared = shared().count("migrations_balance", STRATEGY, 9);
    assertEquals(0, shared.report().exitCode());
    Fixture monitored =
        monitored()
            .count("migrations_balance", STRATEGY, 1)
            .count("involuntary_migrations_monitored", STRATEGY, 1)
            .event(
                "Migration",
                STRATEGY,
                0,
                0,
                4,
                "toCpu",
                1L,
                "cause",
                "balance",
                "by",
                "migration/4",
                "byTid",
                40L);
    assertEquals(2, monitored.report().exitCode());
    assertEquals("strategy was moved to another CPU (balance)", finding(monitored).title());
  }

  @Test
  void uncountedIsNotPassed() {
    assertEquals(1, new Fixture().capture("", "").report().exitCode());
  }

  @Test
  void threadsWithoutRoomAreNotSaidToBeCounted() {
    Fixture lost =
        shared().add("RecordsLost", "module", "isolation", "count", 7L, "reason", "full");
    Finding finding = lost.report().findings().get(0);
    assertEquals("7 events were not counted", finding.title());
    assertEquals(
        "Module isolation: full. Counts and percentiles do not include them.", finding.evidence());
    assertEquals(1, lost.report().exitCode());
  }

  @Test
  void lossAndMissingProbeWarn() {
    Fixture lost =
        shared().add("RecordsLost", "module", "isolation", "type", "t", "count", 7L, "reason", "r");
    assertEquals(1, lost.report().exitCode());
    Fixture missing =
        shared().probe("isolation", "ls_x", "refused", "the kernel refused it", "do this");
    assertEquals(1, missing.report().exitCode());
    assertEquals("do this", missing.report().findings().get(0).remedy());
  }

  @Test
  void jvmServiceThreadsComeLastAndOnlyWarn() {
    ThreadId gc = new ThreadId(4715, "GC Thread#0", 0);
    Fixture fixture =
        shared()
            .wait(gc, 0, 9_000_000, 1, "preempted", "sh", 9001)
            .wait(STRATEGY, 0, 5_000, 1, "preempted", "sh", 9001);
    List<Finding> findings = isolation(fixture).findings();
    assertEquals(List.of(STRATEGY, gc), findings.stream().map(Finding::thread).toList());
    assertTrue(findings.stream().allMatch(f -> f.severity() == Severity.WARN));
    assertTrue(findings.get(1).evidence().contains("service thread of the JVM"));
  }

  @Test
  void aQuotaIsNoTask() {
    Fixture fixture =
        monitored()
            .throttled(STRATEGY, 0, 70_000_000, 4)
            .throttled(STRATEGY, 100_000_000, 65_000_000, 4);
    Finding finding = isolation(fixture).findings().get(0);
    assertEquals(
        STRATEGY.name() + " was stopped by the CPU quota of its control group", finding.title());
    assertEquals(2, finding.count());
    assertTrue(
        finding.evidence().contains("the quota stopped it for 70.0 ms."), finding.evidence());
    assertTrue(
        finding.remedy().contains("cat /proc/" + STRATEGY.osTid() + "/cgroup"), finding.remedy());
  }

  private static long blamed(Fixture fixture, String culprit) {
    return isolation(fixture).findings().stream()
        .filter(finding -> finding.culpritInWords().startsWith(culprit))
        .mapToLong(Finding::totalNs)
        .sum();
  }

  @Test
  void timeOfAWaitIsSharedOutAmongThoseWhoRan() {
    Fixture fixture =
        monitored()
            .sharedWait(STRATEGY, 0, 30_000_000, 4, 3_000_000, "a", "b", "a", "c", "a", "d")
            .sharedWait(STRATEGY, 50_000_000, 12_000_000, 4, 4_000_000, "b", "d", "b")
            .wait(STRATEGY, 90_000_000, 5_000_000, 4, "preempted", "c", Fixture.pid("c"))
            .count("involuntary_switches_monitored", STRATEGY, 3);
    assertEquals(9_000_000, blamed(fixture, "a "));
    assertEquals(11_000_000, blamed(fixture, "b "));
    assertEquals(8_000_000, blamed(fixture, "c "));
    assertEquals(7_000_000, blamed(fixture, "d "));
    // What the log of runs did not reach back to.
    assertEquals(12_000_000, blamed(fixture, "an unknown task"));
    Finding worst = isolation(fixture).findings().get(0);
    assertTrue(worst.worstNs() <= 12_000_000, worst::toString);
    Finding first =
        isolation(fixture).findings().stream()
            .filter(finding -> finding.culpritInWords().startsWith("a "))
            .findFirst()
            .orElseThrow();
    assertTrue(
        first.evidence().contains("the culprit ran for 9.00 ms of 30.0 ms"), first.evidence());
  }

  @Test
  void processOfManyThreadsIsOneCulprit() {
    Fixture fixture = monitored().count("involuntary_switches_monitored", STRATEGY, 40);
    for (int i = 0; i < 40; i++) {
      fixture.event(
          "RunQueueWait",
          STRATEGY,
          i * 10_000_000L,
          1_000_000,
          4,
          "kind",
          "preempted",
          "culprit",
          "worker-" + i,
          "culpritTid",
          9_100L + i,
          "culpritPid",
          9_100L,
          "culpritPriority",
          120L,
          "culpritHeld",
          1_000_000L,
          "accounted",
          1_000_000L,
          "tasksBetween",
          1L);
    }
    List<Finding> findings = isolation(fixture).findings();
    assertEquals(1, findings.size());
    assertEquals(40, findings.get(0).count());
    assertEquals(40_000_000, findings.get(0).totalNs());
  }

  @Test
  void mostTimeMayBeAnUnknownTasks() {
    Fixture fixture =
        monitored()
            .wait(STRATEGY, 0, 9_000_000, 4, "preempted", "cron", 17)
            .wait(STRATEGY, 20_000_000, 8_000_000, 4, "preempted", null, 0)
            .wait(STRATEGY, 40_000_000, 8_000_000, 4, "preempted", null, 0)
            .count("involuntary_switches_monitored", STRATEGY, 3);
    List<String> causes =
        isolation(fixture).verdicts().stream()
            .map(Verdict::cause)
            .filter(cause -> cause != null)
            .toList();
    assertTrue(
        causes.stream().anyMatch(c -> c.endsWith("most time in total: an unknown task")),
        causes.toString());
  }

  @Test
  void findingsGroupByThreadAndCulpritAndKeepTheWorst() {
    Fixture fixture =
        monitored()
            .wait(STRATEGY, 10, 2_000, 4, "preempted", "sh", 9001)
            .wait(STRATEGY, 20, 7_000, 5, "wakeup", "sh", 9001)
            .wait(STRATEGY, 30, 3_000, 4, "preempted", "kworker/4:0", 33);
    List<Finding> findings = isolation(fixture).findings();
    assertEquals(2, findings.size());
    Finding worst = findings.get(0);
    assertEquals("sh (pid 9001)", worst.culpritInWords());
    assertEquals(2, worst.count());
    assertEquals(9_000, worst.totalNs());
    assertEquals(7_000, worst.worstNs());
    assertEquals(Fixture.START + 20, worst.at());
    assertEquals("kworker/4:0 (pid 33, vmstat_update)", findings.get(1).culpritInWords());
  }

  private static List<String> crossCheck(long waitedNs, long runDelayNs, long asleepNs) {
    Histogram woken = new Histogram(3);
    woken.recordValue(waitedNs);
    Fixture fixture = shared().count("run_delay_ns", STRATEGY, runDelayNs);
    if (asleepNs > 0) {
      fixture.count("run_delay_asleep_ns", STRATEGY, asleepNs);
    }
    return isolation(fixture.distribution("runqueue_wakeup", STRATEGY, woken, waitedNs)).remarks();
  }

  @Test
  void accountsThatAgreeNeedNoRemark() {
    assertEquals(List.of(), crossCheck(10_000_000, 10_000_000, 0));
  }

  @Test
  void waitsThatNoProbeSawAreMissing() {
    String remark = crossCheck(10_000_000, 20_000_000, 0).get(0);
    assertTrue(remark.contains("(-50.0 %). The difference is waits whose beginning no"), remark);
  }

  @Test
  void sleepThatTheSchedulerCountsAsWaitIsNotMissed() {
    String remark = crossCheck(10_000_000, 7_210_000_000L, 7_200_000_000L).get(0);
    assertTrue(remark.contains("counts 7,210,000 µs, of which 7,200,000 µs were sleep"), remark);
    assertFalse(remark.contains("%"), remark);
    assertFalse(remark.contains("no probe recorded"), remark);
    String both = crossCheck(10_000_000, 7_220_000_000L, 7_200_000_000L).get(0);
    assertTrue(both.contains("The rest differs by -50.0 %. The difference is"), both);
  }

  @Test
  void whatWasSleepIsToldPerThread() {
    Fixture fixture =
        shared()
            .count("run_delay_ns", STRATEGY, 30_000)
            .count("run_delay_asleep_ns", STRATEGY, 20_000);
    Object value = isolation(fixture).metrics().output().get("run_delay_asleep_ns");
    assertEquals(20_000L, value);
  }

  private static Finding finding(Fixture fixture) {
    return isolation(fixture).findings().get(0);
  }

  @Test
  void limitsAreExceededOrNotMeasured() {
    Report report =
        Fixture.badDay()
            .report(
                new Limit("isolation.voluntary_switches", 1_000_000),
                new Limit("isolation.max_runqueue_ns", 3),
                new Limit("memory.major_fault_count", 1e9));
    assertEquals(
        List.of(true, false, false), report.limits().stream().map(Limit.Result::passed).toList());
    assertNull(report.limits().get(2).value());
    assertFalse(report.limits().get(1).passed());
  }

  @Test
  void unknownLimitNamesNearKeys() {
    UnknownKeyException e =
        assertThrows(
            UnknownKeyException.class,
            () ->
                Report.checkKeys(
                    List.of(new Limit("isolation.p99_runqeue_ns", 1)), List.of("isolation")));
    assertTrue(e.getMessage().contains("isolation.p99_runqueue_ns"), e.getMessage());
  }
}
