package latencyscope.analysis.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.finding.Finding;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class MemoryVerdictTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final ThreadId COMPILER = new ThreadId(4716, "C2 CompilerThread0", 0);
  private static final long TARGET = 4711;

  private static ModuleReport memory(MemoryFixture fixture) {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private static List<Finding> findings(MemoryFixture fixture) {
    return memory(fixture).findings();
  }

  @Test
  void nothingOfNotePasses() {
    assertEquals(0, new MemoryFixture("").report().exitCode());
    assertEquals(0, new MemoryFixture("4-7").report().exitCode());
  }

  @Test
  void majorFaultOfAnEnginesThreadFailsAndNamesTheFile() {
    MemoryFixture fixture = new MemoryFixture("").major(STRATEGY, "/data/journal", 3, 90_000);
    assertEquals(2, fixture.report().exitCode());
    Finding finding = findings(fixture).get(0);
    assertEquals("strategy waited for major page faults (mapped-file)", finding.title());
    assertEquals("/data/journal", finding.culpritInWords());
    assertEquals(3, finding.count());
    assertEquals(90_000, finding.worstNs());
    assertTrue(finding.evidence().contains("a write of /data/journal at offset 0"));
    assertTrue(finding.remedy().contains("  vmtouch -dl '/data/journal'"), finding.remedy());
  }

  /** A journal has many segments: to load the worst alone would remove one fault of many. */
  @Test
  void faultsInSeveralFilesOfADirectoryLoadTheDirectory() {
    MemoryFixture fixture =
        new MemoryFixture("")
            .major(STRATEGY, "/data/journal/1", 1, 90_000)
            .major(STRATEGY, "/data/journal/2", 1, 80_000);
    assertEquals(List.of("vmtouch -dl '/data/journal/'"), findings(fixture).get(0).commands());
    MemoryFixture apart =
        new MemoryFixture("")
            .major(STRATEGY, "/data/journal/1", 1, 90_000)
            .major(STRATEGY, "/data/2", 1, 80_000);
    assertEquals(List.of("vmtouch -dl '/data/journal/1'"), findings(apart).get(0).commands());
  }

  /** Fails on the version before: the quotes ended in the middle of the name. */
  @Test
  void aFilesNameCannotEndItsQuotes() {
    MemoryFixture fixture = new MemoryFixture("").major(STRATEGY, "/it's; reboot\n", 3, 90_000);
    assertEquals(
        List.of("vmtouch -dl $'/it\\'s; reboot\\u000a'"), findings(fixture).get(0).commands());
  }

  @Test
  void majorFaultThatOnlyTheKernelCountedFailsToo() {
    MemoryFixture fixture = new MemoryFixture("").count("major_faults", STRATEGY, 1);
    assertEquals(2, fixture.report().exitCode());
  }

  @Test
  void majorFaultOfTheJvmsOwnThreadWarns() {
    MemoryFixture fixture = new MemoryFixture("").major(COMPILER, "/lib/libjvm.so", 3, 90_000);
    assertEquals(1, fixture.report().exitCode());
  }

  @Test
  void pageThatWasSwappedOutHasNoFile() {
    MemoryFixture fixture = new MemoryFixture("").major(STRATEGY, null, 1, 90_000);
    Finding finding = findings(fixture).get(0);
    assertNull(finding.culpritInWords());
    assertTrue(finding.remedy().contains("  swapoff -a"), finding.remedy());
  }

  @Test
  void minorFaultsOfStartUpPass() {
    MemoryFixture fixture =
        new MemoryFixture("")
            .minor(STRATEGY, "java-heap", 900, 1_500, false)
            .minor(COMPILER, "code-cache", 5_000, 1_500, false);
    assertEquals(0, fixture.report().exitCode());
  }

  @Test
  void minorFaultsThatTakeAShareOfTheTimeWarn() {
    // 0.1 % of the 10 s that were captured.
    MemoryFixture fixture =
        new MemoryFixture("").minor(STRATEGY, "java-heap", 10_001, 1_000, false);
    assertEquals(1, fixture.report().exitCode());
    Finding finding = findings(fixture).get(0);
    assertEquals("strategy took minor page faults (java-heap)", finding.title());
    assertEquals(10_001, finding.count());
    assertTrue(finding.remedy().contains("-XX:+AlwaysPreTouch"), finding.remedy());
  }

  @Test
  void oneLongMinorFaultWarns() {
    assertEquals(
        1,
        new MemoryFixture("").minor(STRATEGY, "anonymous", 1, 100_000, false).report().exitCode());
    assertEquals(
        0,
        new MemoryFixture("").minor(COMPILER, "anonymous", 1, 100_000, false).report().exitCode());
  }

  @Test
  void minorFaultsOnMonitoredCpusWarnAsSoonAsTheyTakeTime() {
    assertEquals(
        1,
        new MemoryFixture("4-7").minor(STRATEGY, "metaspace", 50, 1_000, true).report().exitCode());
    assertEquals(
        0,
        new MemoryFixture("4-7").minor(STRATEGY, "metaspace", 49, 1_000, true).report().exitCode());
  }

  @Test
  void minorFaultsAreToldWithoutTheMajorOnesOfTheirRegion() {
    MemoryFixture fixture =
        new MemoryFixture("4-7")
            .major(STRATEGY, "/data/journal", 1, 9_000_000)
            .minor(STRATEGY, "java-heap", 60, 1_000, true);
    Finding minor = findings(fixture).get(1);
    assertEquals("60 minor page faults: 60 in java-heap (60 µs).", minor.evidence());
    assertEquals(60_000, minor.totalNs());
  }

  @Test
  void shootdownsWarnByTheirRate() {
    // 10 s were captured.
    assertEquals(
        0, new MemoryFixture("").shot(STRATEGY, "md-feed", TARGET, 999, 700).report().exitCode());
    assertEquals(
        1, new MemoryFixture("").shot(STRATEGY, "md-feed", TARGET, 1_000, 700).report().exitCode());
    assertEquals(
        0, new MemoryFixture("").shot(COMPILER, "md-feed", TARGET, 1_000, 700).report().exitCode());
  }

  @Test
  void anyShootdownOnMonitoredCpusWarnsAndNamesItsSender() {
    MemoryFixture fixture =
        new MemoryFixture("4-7")
            .shot(STRATEGY, "G1 Service", TARGET, 2, 700)
            .shot(STRATEGY, "bash", 99, 1, 2_700)
            .count("shootdowns_received_monitored", STRATEGY, 3);
    assertEquals(1, fixture.report().exitCode());
    assertEquals(1, findings(fixture).size());
    Finding finding = findings(fixture).get(0);
    assertEquals("G1 Service sent TLB shootdowns to strategy", finding.title());
    assertEquals("G1 Service (pid 4711, tid 4712)", finding.culpritInWords());
    assertTrue(finding.evidence().startsWith("2 of the 3 shootdowns"), finding.evidence());
  }

  /** Mission Control gives the same events in another order. */
  @Test
  void ofSendersOfAsManyShootdownsTheCostliestIsNamedInWhateverOrder() {
    for (boolean cheapFirst : new boolean[] {true, false}) {
      MemoryFixture fixture = new MemoryFixture("4-7");
      for (boolean cheap : new boolean[] {cheapFirst, !cheapFirst}) {
        fixture.shot(
            STRATEGY, cheap ? "bash" : "G1 Service", cheap ? 99 : TARGET, 1, cheap ? 7 : 9);
      }
      fixture.count("shootdowns_received_monitored", STRATEGY, 2);
      assertEquals(
          List.of("G1 Service sent TLB shootdowns to strategy"),
          findings(fixture).stream().map(Finding::title).toList());
    }
  }

  @Test
  void stallsAndMovedPagesWarn() {
    MemoryFixture stalled = new MemoryFixture("").stall(STRATEGY, "cgroup-reclaim", 40_000);
    assertEquals(1, stalled.report().exitCode());
    assertTrue(findings(stalled).get(0).remedy().contains("memory.max"));
    MemoryFixture moved = new MemoryFixture("").balanced(STRATEGY, 8, 40_000);
    assertEquals(1, moved.report().exitCode());
    assertTrue(findings(moved).get(0).remedy().contains("kernel.numa_balancing=0"));
  }

  @Test
  void whatNobodyCountedIsNotZero() {
    MemoryFixture fixture = MemoryFixture.withoutProbes();
    assertEquals(1, fixture.report().exitCode());
    Metrics metrics = memory(fixture).metrics();
    assertNull(metrics.get("minor_fault_count"));
    assertNull(metrics.get("tlb_shootdowns_received"));
    assertEquals(0L, memory(new MemoryFixture("")).metrics().get("major_fault_count"));
  }

  @Test
  void oneNumaNodeIsTheReasonForNothing() {
    Metrics metrics = memory(new MemoryFixture("")).metrics();
    assertNull(metrics.get("numa"));
    assertEquals("this host has one NUMA node", metrics.unavailable().get("numa"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void remoteFaultsAndPlacementAreTold() {
    MemoryFixture fixture =
        new MemoryFixture("", 2)
            .located(STRATEGY, 0, 1)
            .located(STRATEGY, 1, 1)
            .located(STRATEGY, -1, 1)
            .sampled("java_heap", 0, 3_000)
            .sampled("java_heap", 1, 1_000);
    Metrics numa = (Metrics) memory(fixture).metrics().get("numa");
    assertEquals(1L, numa.get("remote_fault_count"));
    assertEquals(2L, numa.get("faults_located"));
    List<Metrics> placement = (List<Metrics>) numa.get("placement");
    assertEquals(2, placement.size());
    assertEquals("java-heap", placement.get(0).get("region"));
    assertEquals(0.75, placement.get(0).get("share"));
    assertEquals(1_000L, placement.get(1).get("sampled_pages"));
    assertEquals(
        List.of(
            "Recorded faults whose page was on another NUMA node than their CPU: 1 of 2.",
            "NUMA placement of java-heap: 75 % on node 0, 25 % on node 1 (4,000 pages sampled)."),
        memory(fixture).remarks());
  }

  @Test
  void withoutALocatedFaultThereIsNoCountOfRemoteOnes() {
    Metrics numa = (Metrics) memory(new MemoryFixture("", 2)).metrics().get("numa");
    assertNull(numa.get("remote_fault_count"));
    assertTrue(numa.unavailable().get("remote_fault_count").contains("no recorded fault"));
  }
}
