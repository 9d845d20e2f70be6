package latencyscope.analysis.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.Fixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyscallVerdictTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 31);
  private static final ThreadId RISK = new ThreadId(4722, "risk", 33);
  private static final String LOCK = "java.util.concurrent.locks.ReentrantLock$NonfairSync";
  private static final long MS = 1_000_000;

  private static ModuleReport syscall(SyscallFixture fixture) {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private static Finding only(SyscallFixture fixture) {
    List<Finding> findings = syscall(fixture).findings();
    assertEquals(1, findings.size(), findings::toString);
    return findings.get(0);
  }

  private static SyscallFixture busy(String cpus) {
    return new SyscallFixture(cpus).time(STRATEGY, 10 * MS, 9_000 * MS);
  }

  private static SyscallFixture parked(String className) {
    return busy("")
        .java("jdk.ThreadPark", STRATEGY, 0, 10 * MS, "parkedClass", className)
        .woken(STRATEGY, MS, 8 * MS, RISK);
  }

  private static long reason(SyscallFixture fixture, String key) {
    Metrics reasons = (Metrics) syscall(fixture).metrics().get("futex_waits_by_reason");
    return (Long) reasons.get(key);
  }

  @Test
  void nothingOfNotePasses() {
    assertEquals(0, busy("4-7").report().exitCode());
    assertEquals(3, syscall(busy("")).count(Severity.PASS));
  }

  @Test
  void whatWasNotWatchedIsNoPass() {
    Report report = new Fixture().capture("", "").report();
    ModuleReport nothing = new SyscallAnalyzer().report(report.recording());
    assertEquals(3, nothing.count(Severity.NOT_MEASURED));
    assertEquals(0, nothing.count(Severity.PASS));
    assertNull(nothing.metrics().get("futex_wait_count"));
    assertNull(nothing.metrics().get("contended_wait_count"));
  }

  @Test
  void sleepOfABusyThreadFailsOnMonitoredAndWarnsOnSharedCpus() {
    assertEquals(2, busy("4-7").sleep(STRATEGY, 0, 2 * MS, MS, 4).report().exitCode());
    assertEquals(1, busy("4-7").sleep(STRATEGY, 0, 2 * MS, MS, 1).report().exitCode());
    assertEquals(1, busy("").sleep(STRATEGY, 0, 2 * MS, MS, 4).report().exitCode());
  }

  @Test
  void sleepOfAnIdleThreadIsNone() {
    SyscallFixture idle = new SyscallFixture("4-7").time(STRATEGY, 9_000 * MS, 900 * MS);
    assertEquals(0, idle.sleep(STRATEGY, 0, 2 * MS, MS, 4).report().exitCode());
    SyscallFixture notQuite = new SyscallFixture("4-7").time(STRATEGY, 9_000 * MS, 1_001 * MS);
    assertEquals(2, notQuite.sleep(STRATEGY, 0, 2 * MS, MS, 4).report().exitCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"VM Thread", "JFR Sampler Thr", "latencyscope-drain"})
  void sleepOfTheJvmOrOfTheToolIsNone(String name) {
    ThreadId thread = new ThreadId(4715, name, 0);
    SyscallFixture fixture = new SyscallFixture("4-7").time(thread, MS, 9_000 * MS);
    assertEquals(0, fixture.sleep(thread, 0, 2 * MS, MS, 4).report().exitCode());
  }

  @Test
  void threadSleepIsTheFutexWaitWithinIt() {
    SyscallFixture fixture =
        busy("4-7")
            .java("jdk.ThreadSleep", STRATEGY, 0, 10 * MS, null, null)
            .timed(STRATEGY, MS, 8 * MS, 7 * MS)
            .distribution("futex_timed_out", STRATEGY, 1, 8 * MS);
    Finding finding = only(fixture);
    assertEquals("strategy slept in Thread.sleep", finding.title());
    assertEquals(Severity.FAIL, finding.severity());
    assertTrue(finding.remedy().contains("echo 1 > /proc/4720/timerslack_ns"), finding.remedy());
    assertEquals(1L, syscall(fixture).metrics().get("sleep_event_count"));
  }

  @Test
  void sleepThatTakesTwoWaitsIsOne() {
    SyscallFixture fixture =
        busy("")
            .java("jdk.ThreadSleep", STRATEGY, 0, 10 * MS, null, null)
            .timed(STRATEGY, MS, 7 * MS, 7 * MS)
            .timed(STRATEGY, 8 * MS + 1, MS, 1_000)
            .java("jdk.ThreadSleep", STRATEGY, 20 * MS, 5 * MS, null, null)
            .timed(STRATEGY, 21 * MS, 4 * MS, 4 * MS);
    assertEquals(2, only(fixture).count());
    assertEquals(10 * MS, only(fixture).worstNs());
    assertEquals(3, reason(fixture, "sleep"));
  }

  @Test
  void aSafepointAtTheEndOfAParkIsNotParked() {
    SyscallFixture fixture = parked("engine.Queue").barrier(STRATEGY, 9 * MS + 100_000, 700_000);
    assertEquals(1, reason(fixture, "parked"));
    assertEquals(1, reason(fixture, "unknown"));
  }

  /** musl has one operation for all: there, what is within Java's wait is that wait. */
  @Test
  void anyOperationIsTheParkWhereNoConditionIsSeen() {
    SyscallFixture fixture =
        busy("")
            .java("jdk.ThreadPark", STRATEGY, 0, 10 * MS, "parkedClass", "engine.Queue")
            .barrier(STRATEGY, MS, 8 * MS);
    assertEquals(1, reason(fixture, "parked"));
    assertEquals(0, reason(fixture, "unknown"));
  }

  /** As of a sleep of 8 ms, where the JVM's own events begin at 20 ms. */
  @Test
  void waitThatJavaDoesNotTellOfMayBeASleepOrALock() {
    SyscallFixture told =
        new SyscallFixture("4-7")
            .known(STRATEGY)
            .time(STRATEGY, 10 * MS, 9_000 * MS)
            .distribution("futex_wait", STRATEGY, 2, 8 * MS)
            .java("jdk.ThreadPark", STRATEGY, 500 * MS, 30 * MS, "parkedClass", "Queue");
    for (String metric : List.of("sleep_event_count", "contended_wait_count")) {
      assertEquals(0, told.report(Limit.parse("syscall." + metric + "=0")).exitCode());
    }
    SyscallFixture fixture = told.timed(STRATEGY, MS, 8 * MS, 7 * MS);
    assertEquals(1, reason(fixture, "unknown"));
    assertEquals(1, fixture.report().exitCode());
    List<String> unanswered = unanswered(fixture);
    assertEquals(2, unanswered.size(), unanswered::toString);
    for (String text : unanswered) {
      assertTrue(text.contains("1 wait without a reason, most of strategy"), text);
      assertTrue(text.contains("record jdk.ActiveSetting, too"), text);
    }
    for (String metric : List.of("sleep_event_count", "contended_wait_count")) {
      assertEquals(2, fixture.report(Limit.parse("syscall." + metric + "=0")).exitCode());
    }
  }

  private static List<String> unanswered(SyscallFixture fixture) {
    return fixture.report().modules().stream()
        .flatMap(module -> module.verdicts().stream())
        .filter(verdict -> verdict.severity() == Severity.NOT_MEASURED)
        .map(Verdict::text)
        .toList();
  }

  private static SyscallFixture untold(String sleeps, String parks, String monitors) {
    return new SyscallFixture("4-7")
        .known(STRATEGY)
        .time(STRATEGY, 10 * MS, 9_000 * MS)
        .distribution("futex_wait", STRATEGY, 2, 8 * MS)
        .java("jdk.ThreadPark", STRATEGY, 500 * MS, 30 * MS, "parkedClass", "Queue")
        .timed(STRATEGY, MS, 8 * MS, 7 * MS)
        .keptFrom("jdk.ThreadSleep", sleeps)
        .keptFrom("jdk.ThreadPark", parks)
        .keptFrom("jdk.JavaMonitorEnter", monitors);
  }

  /** The JVM waits in its threads, too, as for a safepoint; it has no event of that. */
  @Test
  void waitThatTheJvmWouldTellOfIsNeitherASleepNorALock() {
    for (String kept : List.of("0 ns", "7 ms")) {
      SyscallFixture fixture = untold(kept, kept, kept);
      assertEquals(List.of(), unanswered(fixture), kept);
      assertEquals(0, fixture.report().exitCode());
      assertEquals(0, fixture.report(Limit.parse("syscall.sleep_event_count=0")).exitCode());
      assertEquals(0, fixture.report(Limit.parse("syscall.contended_wait_count=0")).exitCode());
    }
  }

  @Test
  void eachQuestionAsksForTheEventsOfItsOwn() {
    List<String> sleeps = unanswered(untold("20 ms", "0 ns", "0 ns"));
    assertEquals(1, sleeps.size(), sleeps::toString);
    assertTrue(
        sleeps.get(0).contains("only has jdk.ThreadSleep from 20.0 ms on"), sleeps::toString);
    List<String> locks = unanswered(untold("0 ns", "20 ms", "10 ms"));
    assertEquals(1, locks.size(), locks::toString);
    assertTrue(locks.get(0).contains("only has jdk.ThreadPark from 20.0 ms on"), locks::toString);
    List<String> off = unanswered(untold("0 ns", "20 ms", null));
    assertEquals(1, off.size(), off::toString);
    assertTrue(off.get(0).contains("jdk.JavaMonitorEnter was off"), off::toString);
  }

  /** A thread of native code parks for reasons of its own, which the JVM has no events of. */
  @Test
  void waitOfANativeThreadHasNoReasonToTell() {
    SyscallFixture fixture = busy("4-7").timed(STRATEGY, MS, 8 * MS, 7 * MS);
    assertEquals(0, fixture.report().exitCode());
  }

  @Test
  void eventOfAnotherTimeOrThreadIsNoReason() {
    SyscallFixture fixture =
        busy("4-7")
            .java("jdk.ThreadSleep", STRATEGY, 20 * MS, 10 * MS, null, null)
            .java("jdk.ThreadSleep", RISK, 0, 10 * MS, null, null)
            .timed(STRATEGY, MS, 8 * MS, 7 * MS);
    assertEquals(1, reason(fixture, "unknown"));
  }

  @Test
  void parkForALockIsContended() {
    Finding finding = only(parked(LOCK));
    assertEquals("strategy waited for a lock (ReentrantLock) that risk held", finding.title());
    assertEquals("risk (pid 4711, tid 4722)", finding.culpritInWords());
    assertEquals(8 * MS, finding.worstNs());
    assertTrue(finding.remedy().contains("jcmd 4711 Thread.print -l"), finding.remedy());
  }

  @ParameterizedTest
  @CsvSource({
    "java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject",
    "java.util.concurrent.CountDownLatch$Sync",
    "java.util.concurrent.Semaphore$NonfairSync",
    "java.util.concurrent.SynchronousQueue$Transferer"
  })
  void parkForWorkIsNotContended(String className) {
    assertEquals(0, parked(className).report().exitCode());
    assertEquals(1, reason(parked(className), "parked"));
  }

  @Test
  void monitorIsContendedAndAWaitForItsNotificationIsNot() {
    SyscallFixture enter =
        busy("")
            .java("jdk.JavaMonitorEnter", STRATEGY, 0, 10 * MS, "monitorClass", "engine.Book")
            .woken(STRATEGY, MS, 8 * MS, RISK);
    assertEquals("strategy waited for a lock (Book) that risk held", only(enter).title());
    SyscallFixture wait =
        busy("")
            .java("jdk.JavaMonitorWait", STRATEGY, 0, 10 * MS, "monitorClass", "engine.Book")
            .woken(STRATEGY, MS, 8 * MS, RISK);
    assertEquals(0, wait.report().exitCode());
  }

  @Test
  void lockThatIsTakenAgainWithinAWaitIsTheReason() {
    SyscallFixture fixture =
        busy("")
            .java("jdk.JavaMonitorWait", STRATEGY, 0, 30 * MS, "monitorClass", "engine.Book")
            .java("jdk.JavaMonitorEnter", STRATEGY, 10 * MS, 10 * MS, "monitorClass", "engine.Book")
            .woken(STRATEGY, MS, 8 * MS, RISK)
            .woken(STRATEGY, 11 * MS, 8 * MS, RISK);
    assertEquals(1, reason(fixture, "lock"));
    assertEquals(1, reason(fixture, "monitor_wait"));
  }

  @Test
  void mutexOfGlibcNeedsNoEventOfJava() {
    assertEquals(
        "strategy waited for a native mutex that risk held",
        only(busy("").mutex(STRATEGY, 0, MS, RISK)).title());
  }

  @Test
  void threadThatDoesNothingButContendIsNotIdle() {
    SyscallFixture fixture = new SyscallFixture("").time(STRATEGY, 9_900 * MS, 100 * MS);
    for (int i = 0; i < 99; i++) {
      fixture
          .java("jdk.ThreadPark", STRATEGY, i * 100 * MS, 100 * MS, "parkedClass", LOCK)
          .woken(STRATEGY, i * 100 * MS + 1, 100 * MS - 2, RISK);
    }
    assertEquals(99, only(fixture).count());
  }

  @Test
  void receiverBetweenTwoPacketsIsIdleAndAWriterAtTheDiskIsNot() {
    SyscallFixture receiver = new SyscallFixture("").time(STRATEGY, 9_900 * MS, 100 * MS);
    receiver.blocked(STRATEGY, 0, 9_900 * MS, "recvfrom", "socket", RISK);
    assertEquals(0, receiver.report().exitCode());
    SyscallFixture writer = new SyscallFixture("").time(STRATEGY, 9_900 * MS, 100 * MS);
    writer.blocked(STRATEGY, 0, 9_900 * MS, "fsync", "regular", null);
    assertEquals("strategy blocked in fsync on a file", only(writer).title());
  }

  @Test
  void blockingCallOfABusyThreadWarns() {
    SyscallFixture fixture = busy("4-7").blocked(STRATEGY, 0, MS, "epoll_wait", "anonymous", RISK);
    assertEquals(1, fixture.report().exitCode());
    assertEquals("strategy blocked in epoll_wait on an event descriptor", only(fixture).title());
  }

  @Test
  void stopByTheRecordersSamplerIsNotTheEngines() {
    ThreadId sampler = new ThreadId(4717, "JFR Sampler Thr", 0);
    SyscallFixture fixture = busy("").blocked(STRATEGY, 0, MS, "rt_sigsuspend", "none", sampler);
    Finding finding = only(fixture);
    assertEquals("strategy was stopped by the flight recorder's sampler", finding.title());
    assertEquals("JFR Sampler Thr (pid 4711, tid 4717)", finding.culpritInWords());
    assertTrue(finding.remedy().contains("settings=$PWD/latencyscope.jfc"), finding.remedy());
    List<String> texts = syscall(fixture).verdicts().stream().map(Verdict::text).toList();
    assertTrue(texts.contains("No busy thread blocked in a system call"), texts::toString);
    assertTrue(
        texts.contains("Stops of busy threads by the flight recorder's sampler: 1"),
        texts::toString);
  }

  @Test
  void timeInTheSamplerIsNotIdle() {
    ThreadId sampler = new ThreadId(4717, "JFR Sampler Thr", 0);
    SyscallFixture fixture = new SyscallFixture("").time(STRATEGY, 9_900 * MS, 100 * MS);
    fixture.blocked(STRATEGY, 0, 9_900 * MS, "rt_sigsuspend", "none", sampler);
    assertEquals(9_900 * MS, only(fixture).worstNs());
  }

  @Test
  void sigsuspendThatTheRecorderDoesNotEndIsTheProgramsOwn() {
    SyscallFixture fixture = busy("").blocked(STRATEGY, 0, MS, "rt_sigsuspend", "none", RISK);
    assertEquals("strategy blocked in rt_sigsuspend", only(fixture).title());
  }

  @Test
  void reasonMayComeInTheNextChunkButNotInTheOneAfter() {
    SyscallFixture next =
        busy("")
            .woken(STRATEGY, MS, 8 * MS, RISK)
            .chunk()
            .java("jdk.ThreadPark", STRATEGY, 0, 10 * MS, "parkedClass", LOCK)
            .chunk();
    assertEquals(1, reason(next, "lock"));
    SyscallFixture before =
        busy("")
            .java("jdk.ThreadPark", STRATEGY, 0, 10 * MS, "parkedClass", LOCK)
            .chunk()
            .woken(STRATEGY, MS, 8 * MS, RISK)
            .chunk();
    assertEquals(1, reason(before, "lock"));
  }

  @Test
  void withoutTheJvmsEventsSilenceIsNotSold() {
    SyscallFixture fixture = busy("").distribution("futex_woken", STRATEGY, 3, MS);
    List<String> texts = syscall(fixture).verdicts().stream().map(Verdict::text).toList();
    assertTrue(
        texts.contains(
            "No busy thread waited for a native mutex; Java locks are recorded only by the"
                + " target's own JFR recording"),
        texts::toString);
  }

  @Test
  void callsAreAddedUpOverCpus() {
    SyscallFixture fixture = busy("").call("read", 0, 0, 3, 5_000).call("read", 0, 1, 2, 9_000);
    List<?> calls = (List<?>) syscall(fixture).metrics().get("calls");
    assertEquals(1, calls.size());
    Metrics read = (Metrics) calls.get(0);
    assertEquals("read", read.get("name"));
    assertEquals(5L, read.get("count"));
    assertEquals(33_000L, read.get("total_ns"));
    assertEquals(9_000L, read.get("max_ns"));
  }
}
