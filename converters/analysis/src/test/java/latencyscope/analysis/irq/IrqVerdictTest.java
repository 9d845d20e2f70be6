package latencyscope.analysis.irq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.InterruptSource;
import latencyscope.analysis.finding.Interrupter;
import latencyscope.recording.IrqFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class IrqVerdictTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 0);
  private static final ThreadId GC = new ThreadId(4715, "GC Thread#0", 0);

  private static IrqFixture shared() {
    return new IrqFixture("", "").counted("local", 0, "local-timer", 1, 1, 900);
  }

  private static IrqFixture monitored() {
    return new IrqFixture("4-7", "").counted("local", 0, "local-timer", 1, 1, 900);
  }

  private static ModuleReport irq(IrqFixture fixture) {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private static Finding finding(IrqFixture fixture) {
    return irq(fixture).findings().get(0);
  }

  @Test
  void quietTargetPasses() {
    assertEquals(0, shared().report().exitCode());
    assertEquals(0, monitored().report().exitCode());
    assertEquals(0, IrqFixture.goodDay().report().exitCode());
  }

  @Test
  void uncountedIsNotPassed() {
    assertEquals(1, IrqFixture.withoutProbes().report().exitCode());
  }

  @Test
  void shortInterruptsOnSharedCpusPass() {
    IrqFixture fixture =
        shared()
            .line(27, "eth0", "0-7", "1", "no", 0)
            .counted("line", 27, "eth0", 1, 9, 50_000)
            .stolen("stolen_hard_irq", STRATEGY, 9, 50_000)
            .hard(STRATEGY, 0, 50_000, 1, 27, "eth0");
    assertEquals(0, fixture.report().exitCode());
    assertTrue(irq(fixture).findings().isEmpty());
  }

  @Test
  void longOnesOnSharedCpusWarnAndSayWhereToSendThem() {
    IrqFixture fixture =
        shared()
            .line(27, "eth0", "0-7", "1", "no", 0)
            .stolen("stolen_hard_irq", STRATEGY, 1, 51_000)
            .hard(STRATEGY, 7, 51_000, 1, 27, "eth0");
    assertEquals(1, fixture.report().exitCode());
    Finding finding = finding(fixture);
    assertEquals("eth0 (IRQ 27) delayed strategy", finding.title());
    assertEquals(STRATEGY, finding.thread());
    assertEquals(51_000, finding.worstNs());
    assertEquals(
        "Send IRQ 27 to other CPUs:\n  echo 0,2-7 > /proc/irq/27/smp_affinity_list",
        finding.remedy());
  }

  /** Fails on the version before: "eth0, usb1 (IRQ 27), delayed strategy". */
  @Test
  void onlyAFunctionStandsBetweenCommas() {
    IrqFixture fixture =
        shared()
            .line(27, "eth0, usb1", "0-7", "1", "no", 0)
            .stolen("stolen_hard_irq", STRATEGY, 1, 51_000)
            .hard(STRATEGY, 7, 51_000, 1, 27, "eth0, usb1");
    assertEquals("eth0, usb1 (IRQ 27) delayed strategy", irq(fixture).verdicts().get(0).cause());
    InterruptSource timer = new InterruptSource(InterruptSource.Kind.VECTOR, "TIMER", 0);
    assertEquals("softirq TIMER, run_it,", new Interrupter(timer, "run_it").asSubject());
  }

  @Test
  void longOnesAreCountedAlsoWhereEventsAreMissing() {
    IrqFixture fixture = shared().stolen("stolen_softirq", STRATEGY, 4, 90_000);
    assertEquals(1, fixture.report().exitCode());
    assertEquals(
        "Interrupts that stole more than 50 µs at once: 4", irq(fixture).verdicts().get(0).text());
  }

  @Test
  void softirqOfAThreadsOwnCallIsNotStolen() {
    IrqFixture fixture =
        shared()
            .stolen("softirq_own_call", STRATEGY, 1, 90_000)
            .soft(STRATEGY, 0, 90_000, 0, 1, "NET_RX", "own-call");
    assertEquals(0, fixture.report().exitCode());
    assertEquals(0L, irq(fixture).metrics().get("stolen_ns"));
    assertEquals(1L, irq(fixture).metrics().get("softirq_own_call_count"));
  }

  @Test
  void whatANestedInterruptTookIsNotTheSoftirqs() {
    IrqFixture fixture = shared().soft(STRATEGY, 0, 60_000, 20_000, 1, "NET_RX", "interrupt");
    assertEquals(0, fixture.report().exitCode());
    IrqFixture longer = shared().soft(STRATEGY, 0, 80_000, 20_000, 1, "NET_RX", "interrupt");
    assertEquals(60_000, finding(longer).worstNs());
    assertTrue(finding(longer).evidence().contains("other interrupts took 20.0 µs"));
  }

  @Test
  void deviceOnMonitoredCpuFailsAlsoIfItHitNobody() {
    IrqFixture fixture =
        monitored().line(27, "eth0", "0-3", "1", "no", 0).counted("line", 27, "eth0", 5, 2, 900);
    assertEquals(2, fixture.report().exitCode());
    assertEquals("eth0 (IRQ 27) interrupted CPU 5", finding(fixture).title());
    assertEquals(2, finding(fixture).count());
    assertNull(finding(fixture).thread());
    IrqFixture elsewhere =
        monitored().line(27, "eth0", "0-3", "1", "no", 0).counted("line", 27, "eth0", 1, 2, 900);
    assertEquals(0, elsewhere.report().exitCode());
  }

  @Test
  void maskThatAllowsMonitoredCpusFails() {
    IrqFixture fixture =
        monitored().line(27, "eth0", "0-7", "1", "unknown", 0).line(28, "eth1", "4", "4", "no", 0);
    assertEquals(2, fixture.report().exitCode());
    assertEquals("2 more interrupt lines may be delivered to CPU 4-7", finding(fixture).title());
    assertEquals(
        "Send these lines to other CPUs:\n"
            + "  for i in 27 28; do echo 0-3 > /proc/irq/$i/smp_affinity_list; done\n"
            + "If that fails with Input/output error, the kernel manages the line itself: boot"
            + " with isolcpus=managed_irq,domain,4-7",
        finding(fixture).remedy());
    assertEquals(0, monitored().line(27, "eth0", "0-3", "1", "no", 0).report().exitCode());
  }

  @Test
  void managedLineIsJudgedByWhereItGoes() {
    assertEquals(0, monitored().line(40, "nvme0q5", "2-5", "2", "yes", 0).report().exitCode());
    IrqFixture hit = monitored().line(40, "nvme0q5", "4-5", "5", "yes", 0);
    assertEquals(2, hit.report().exitCode());
    assertEquals(
        "The kernel places managed interrupts itself and refuses a mask: boot with"
            + " isolcpus=managed_irq,domain,4-7",
        finding(hit).remedy());
  }

  @Test
  void irqbalanceIsBannedFirst() {
    List<String> remedy =
        finding(monitored().line(27, "eth0", "0-7", "1", "no", 812)).remedy().lines().toList();
    assertEquals("  echo IRQBALANCE_BANNED_CPULIST=4-7 >> /etc/default/irqbalance", remedy.get(1));
    assertEquals("  systemctl restart irqbalance", remedy.get(2));
    assertEquals("  echo 0-3 > /proc/irq/27/smp_affinity_list", remedy.get(4));
  }

  @Test
  void noCpuIsLeftToSendThemTo() {
    IrqFixture all = new IrqFixture("0-7", "").line(27, "eth0", "0-7", "1", "no", 0);
    assertTrue(finding(all).remedy().startsWith("No CPU is left"), finding(all).remedy());
  }

  @Test
  void tickOnNohzFullCpuWarns() {
    IrqFixture ticking = new IrqFixture("", "4-7").counted("local", 0, "local-timer", 4, 101, 900);
    assertEquals(1, ticking.report().exitCode());
    IrqFixture residual = new IrqFixture("", "4-7").counted("local", 0, "local-timer", 4, 99, 900);
    assertEquals(0, residual.report().exitCode());
    IrqFixture housekeeping =
        new IrqFixture("", "4-7").counted("local", 0, "local-timer", 1, 2_500, 900);
    assertEquals(0, housekeeping.report().exitCode());
  }

  @Test
  void worstIsOfTheEnginesThreads() {
    IrqFixture fixture =
        shared()
            .local(GC, 0, 900_000, 1, "local-timer", "tick_nohz_handler")
            .local(STRATEGY, 10, 60_000, 1, "call-function", "flush_tlb_func");
    Verdict verdict = irq(fixture).verdicts().get(0);
    assertEquals(60_000, verdict.worst().worstNs());
    assertEquals("call-function interrupt, flush_tlb_func, delayed strategy", verdict.cause());
    assertEquals(900_000, verdict.service().worstNs());
  }

  @Test
  void remedyFitsTheInterrupt() {
    Finding tlb =
        finding(shared().local(STRATEGY, 0, 60_000, 1, "call-function", "flush_tlb_func"));
    assertTrue(tlb.remedy().contains("munmap"), tlb.remedy());
    Finding net = finding(shared().soft(STRATEGY, 0, 60_000, 0, 1, "NET_RX", "interrupt"));
    assertTrue(net.remedy().contains("echo fd > $q"), net.remedy());
    Finding rcu = finding(shared().soft(STRATEGY, 0, 60_000, 0, 1, "RCU", "interrupt"));
    assertTrue(rcu.remedy().contains("rcu_nocbs=1"), rcu.remedy());
  }

  @Test
  void sharedHandlersAreOneInterrupt() {
    IrqFixture fixture =
        monitored().counted("line", 9, "acpi", 1, 10, 900).further(9, "acpi", 1, 4);
    assertEquals(6L, irq(fixture).metrics().get("total_irq_count"));
  }

  @Test
  void traceThatIsIncompleteIsSaid() {
    IrqFixture fixture =
        shared()
            .line(27, "eth0", "0-7", "1", "no", 0) // which the kernel counted 100 times
            .counted("line", 27, "eth0", 1, 80, 900);
    Optional<String> remark = irq(fixture).remarks().stream().findFirst();
    assertTrue(remark.orElse("").contains("counted 100 (-20.0 %)"), remark::toString);
  }
}
