package latencyscope.contract.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.contract.Contract;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Outcome;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose noise it was decides on a shared host. */
class NoiseTest {
  private static final ThreadId FEED = new ThreadId(4721, "md-feed", 0);
  private static final long TARGET = 4711;
  private static final long WAIT_NS = 4_000_000;

  private static Fixture captured() {
    Fixture fixture = new Fixture().capture("isolation+irq", "", "").countsOfZero(FEED);
    for (String probe :
        List.of("sched_switch", "sched_wakeup", "sched_wakeup_new", "sched_waking")) {
      fixture.probe("isolation", "ls_" + probe, "attached", null, null);
    }
    fixture.probe("irq", "ls_irq_handler_entry", "attached", null, null);
    return fixture;
  }

  /** One long wait of the feed behind a task of a process. */
  private static Fixture waited(String culprit, long pid) {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(WAIT_NS);
    histogram.recordValueWithCount(3_000, 99);
    Fixture fixture = captured().distribution("runqueue_preempted", FEED, histogram, WAIT_NS);
    fixture.count("involuntary_switches", FEED, 1);
    fixture.event(
        "ContextSwitch",
        FEED,
        1_000_000,
        WAIT_NS,
        1,
        "voluntary",
        false,
        "next",
        culprit,
        "nextTid",
        pid,
        "nextPid",
        pid);
    return fixture.wait(FEED, 1_000_000, WAIT_NS, 1, "preempted", culprit, pid);
  }

  private static CheckResult check(String limits, boolean shared, Fixture fixture) {
    try {
      Contract contract =
          ContractFile.parse(
              "x.yml", "version: 1\nthreads:\n- name: md-feed\n  limits: {" + limits + "}\n");
      Noise noise = new Noise();
      Report report = fixture.report();
      fixture.source().read(noise);
      return new Checker(
              shared ? contract.onSharedHost() : contract,
              report,
              noise,
              ThreadSettings.NONE,
              ClauseOutcomesTest.TODAY)
          .result();
    } catch (ContractException | RecordingException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "runqueue_wait: 1ms",
    "runqueue_wait: {p99.99: 1ms}",
    "runqueue_wait: {rate: 100us/s}",
    "preemptions: 0",
    "preemptions: 1ms"
  })
  void anotherProcessIsExcusedOnASharedHostOnly(String limit) {
    assertEquals(
        Outcome.VIOLATED, check(limit, false, waited("backup.sh", 812)).outcome(), "dedicated");
    CheckResult shared = check(limit, true, waited("backup.sh", 812));
    assertEquals(Outcome.INCONCLUSIVE, shared.outcome());
    assertTrue(
        shared.clauses().get(0).evidence().contains("without backup.sh (pid 812), outside"),
        shared.clauses().get(0).evidence());
    assertEquals(
        Outcome.VIOLATED, check(limit, true, waited("strategy", TARGET)).outcome(), "its own");
  }

  @Test
  void theProfilerItselfIsAlwaysExcused() {
    Fixture fixture = waited("latencyscope-dr", TARGET);
    assertEquals(Outcome.INCONCLUSIVE, check("runqueue_wait: 1ms", false, fixture).outcome());
  }

  @Test
  void aQuotaIsExcusedOnASharedHost() {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(WAIT_NS);
    Fixture fixture = captured().distribution("runqueue_preempted", FEED, histogram, WAIT_NS);
    fixture.throttled(FEED, 1_000_000, WAIT_NS, 1);
    assertEquals(Outcome.INCONCLUSIVE, check("runqueue_wait: 1ms", true, fixture).outcome());
    assertEquals(Outcome.VIOLATED, check("runqueue_wait: 1ms", false, fixture).outcome());
  }

  @Test
  void whatIsKeptDespiteTheNoisePasses() {
    assertEquals(
        Outcome.PASSED, check("runqueue_wait: 5ms", true, waited("backup.sh", 812)).outcome());
  }

  @Test
  void interruptsAreExcusedOnASharedHost() {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(WAIT_NS);
    Fixture fixture = captured();
    fixture.add(
        "Histogram",
        "startTime",
        Fixture.START,
        "duration",
        0L,
        "module",
        "irq",
        "measure",
        "stolen_hard_irq",
        "thread",
        FEED.name(),
        "osThreadId",
        FEED.osTid(),
        "count",
        1L,
        "total",
        WAIT_NS,
        "max",
        WAIT_NS,
        "unbinned",
        0L,
        "distribution",
        Fixture.encode(histogram));
    assertEquals(Outcome.INCONCLUSIVE, check("stolen_time: 1ms", true, fixture).outcome());
    assertEquals(Outcome.VIOLATED, check("stolen_time: 1ms", false, fixture).outcome());
    assertEquals(Outcome.INCONCLUSIVE, check("device_interrupts: 0", true, fixture).outcome());
    assertEquals(Outcome.VIOLATED, check("device_interrupts: 0", false, fixture).outcome());
  }

  @Test
  void aLateSafepointIsExcusedIfSomebodyElseKeptAThreadFromIt() {
    ThreadId vm = new ThreadId(4712, "VM Thread", 0);
    for (String culprit : List.of("backup.sh", "strategy")) {
      long pid = culprit.equals("strategy") ? TARGET : 812;
      Fixture fixture = waited(culprit, pid);
      fixture.program("jdk.SafepointBegin", vm, 1_000_000, 4_000_000, "safepointId", 1L);
      fixture.program("jdk.SafepointEnd", vm, 5_100_000, 1_000, "safepointId", 1L);
      assertEquals(
          pid == TARGET ? Outcome.VIOLATED : Outcome.INCONCLUSIVE,
          check("time_to_safepoint: 1ms", true, fixture).outcome());
      assertEquals(Outcome.VIOLATED, check("time_to_safepoint: 1ms", false, fixture).outcome());
    }
  }
}
