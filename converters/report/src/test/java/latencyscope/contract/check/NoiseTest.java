package latencyscope.contract.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.contract.Contract;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Environment;
import latencyscope.contract.Outcome;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose noise it was decides on a shared host. */
class NoiseTest {
  private static final ThreadId FEED = new ThreadId(4721, "md-feed", 0);
  private static final long TARGET = 4711;
  private static final long WAIT_NS = 4_000_000;

  @TempDir Path process;

  private static Fixture captured(String isolated) {
    Fixture fixture = new Fixture().capture("isolation+irq", "", isolated).countsOfZero(FEED);
    for (String probe :
        List.of("sched_switch", "sched_wakeup", "sched_wakeup_new", "sched_waking")) {
      fixture.probe("isolation", "ls_" + probe, "attached", null, null);
    }
    fixture.probe("irq", "ls_irq_handler_entry", "attached", null, null);
    return fixture;
  }

  /** One long wait of the feed behind a task of a process. */
  private static Fixture waited(String culprit, long pid) {
    return waited(culprit, pid, "");
  }

  private static Fixture waited(String culprit, long pid, String isolated) {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(WAIT_NS);
    histogram.recordValueWithCount(3_000, 99);
    Fixture fixture =
        captured(isolated).distribution("runqueue_preempted", FEED, histogram, WAIT_NS);
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
    return check(
        limits,
        shared ? Environment.SHARED : Environment.DEDICATED,
        "",
        fixture,
        ThreadSettings.NONE);
  }

  /**
   * Checks a rule.
   *
   * @param more keys of the rule, each with its comma
   */
  private static CheckResult check(
      String limits,
      Environment environment,
      String more,
      Fixture fixture,
      ThreadSettings settings) {
    try {
      String rule = "{name: md-feed, " + more + "limits: {" + limits + "}}";
      Contract contract = ContractFile.parse("x.yml", "version: 1\nthreads: " + rule + "\n");
      Noise noise = new Noise();
      Report report = fixture.report();
      fixture.source().read(noise);
      return new Checker(
              contract.in(environment), report, noise, settings, ClauseOutcomesTest.TODAY)
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

  /** Of waits on CPU 1 behind another process. */
  private static Outcome unasked(String limit, String more, ThreadSettings settings) {
    Fixture fixture = waited("backup.sh", 812);
    List<ClauseResult> clauses = check(limit, Environment.AUTO, more, fixture, settings).clauses();
    return clauses.get(clauses.size() - 1).outcome();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runqueue_wait: 1ms",
        "runqueue_wait: {rate: 100us/s}",
        "preemptions: 0",
        "preemptions: 1ms"
      })
  void unlessTheContractSaysItTheCpuDecides(String limit) throws IOException {
    assertEquals(Outcome.INCONCLUSIVE, unasked(limit, "", ThreadSettings.NONE), "anybody's CPU");
    assertEquals(Outcome.VIOLATED, unasked(limit, "cpus: 1, ", ThreadSettings.NONE), "declared");
    assertEquals(
        Outcome.INCONCLUSIVE, unasked(limit, "cpus: 2, ", ThreadSettings.NONE), "another one");
    assertEquals(Outcome.VIOLATED, unasked(limit, "", settings("1")), "pinned");
    assertEquals(Outcome.INCONCLUSIVE, unasked(limit, "", settings("0-1")), "not to one");
  }

  @Test
  void anIsolatedCpuIsTheThreadsOwn() {
    for (String isolated : List.of("1", "2")) {
      Fixture fixture = waited("backup.sh", 812, isolated);
      assertEquals(
          isolated.equals("1") ? Outcome.VIOLATED : Outcome.INCONCLUSIVE,
          check("preemptions: 0", Environment.AUTO, "", fixture, ThreadSettings.NONE).outcome());
    }
  }

  /** The thread as {@code /proc} shows it. */
  private ThreadSettings settings(String cpus) throws IOException {
    Path task = Files.createDirectories(process.resolve("task/" + FEED.osTid()));
    Files.writeString(
        task.resolve("status"),
        "Name:\tmd-feed\nState:\tR (running)\nTgid:\t4711\nCpus_allowed_list:\t" + cpus + "\n");
    Files.writeString(task.resolve("comm"), "md-feed\n");
    return ThreadSettings.read(process);
  }

  @ParameterizedTest
  @CsvSource({
    // 4 ms are 3 ms beyond a bound of 1 ms.
    "runqueue_wait: 1ms, 3100000, INCONCLUSIVE",
    "runqueue_wait: 1ms, 2900000, VIOLATED",
    "runqueue_wait: {p99.99: 1ms}, 3100000, INCONCLUSIVE",
    "runqueue_wait: {p99.99: 1ms}, 2900000, VIOLATED",
    "runqueue_wait: {rate: 100us/s}, 4300000, INCONCLUSIVE",
    "preemptions: 0, 4000000000, VIOLATED"
  })
  void timeThatTheHypervisorTookCanBeTheCause(String limit, long steal, Outcome outcome) {
    Fixture fixture = waited("strategy", TARGET);
    fixture.add(
        "Counter",
        "startTime",
        Fixture.START,
        "duration",
        1L,
        "module",
        "isolation",
        "measure",
        "steal",
        "subject",
        "cpu",
        "subjectId",
        1L,
        "value",
        steal);
    assertEquals(
        outcome, check(limit, Environment.AUTO, "", fixture, ThreadSettings.NONE).outcome());
    assertEquals(Outcome.VIOLATED, check(limit, false, fixture).outcome(), "dedicated");
  }

  @Test
  void theProfilerItselfIsAlwaysExcused() {
    Fixture fixture = waited("latencyscope-dr", TARGET);
    assertEquals(Outcome.INCONCLUSIVE, check("runqueue_wait: 1ms", false, fixture).outcome());
  }

  @Test
  void aQuotaIsExcusedUnlessTheHostIsDedicated() {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(WAIT_NS);
    Fixture fixture = captured("").distribution("runqueue_preempted", FEED, histogram, WAIT_NS);
    fixture.throttled(FEED, 1_000_000, WAIT_NS, 1);
    assertEquals(Outcome.INCONCLUSIVE, check("runqueue_wait: 1ms", true, fixture).outcome());
    assertEquals(Outcome.VIOLATED, check("runqueue_wait: 1ms", false, fixture).outcome());
    for (String more : List.of("", "cpus: 1, ")) {
      List<ClauseResult> clauses =
          check("runqueue_wait: 1ms", Environment.AUTO, more, fixture, ThreadSettings.NONE)
              .clauses();
      assertEquals(Outcome.INCONCLUSIVE, clauses.get(clauses.size() - 1).outcome(), more);
    }
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
    Fixture fixture = captured("");
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
    for (String more : List.of("", "cpus: 1, ")) {
      List<ClauseResult> clauses =
          check("device_interrupts: 0", Environment.AUTO, more, fixture, ThreadSettings.NONE)
              .clauses();
      assertEquals(
          more.isEmpty() ? Outcome.INCONCLUSIVE : Outcome.VIOLATED,
          clauses.get(clauses.size() - 1).outcome(),
          more);
    }
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
