package latencyscope.analysis.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import latencyscope.analysis.Report;
import latencyscope.analysis.first.FirstWords;
import latencyscope.recording.CodeStacks;
import latencyscope.recording.Fixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.openjdk.jmc.common.IMCStackTrace;

/** What a cause is called, and where in the program it is. */
class NamedCauseTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 31);
  private static final ThreadId RISK = new ThreadId(4722, "risk", 33);
  private static final ThreadId RIVAL = new ThreadId(4723, "rival", 34);
  private static final String LOCK = "java.util.concurrent.locks.ReentrantLock$NonfairSync";
  private static final long MS = 1_000_000;
  private static final IMCStackTrace STACK =
      CodeStacks.of(
          "jdk.internal.misc.Unsafe.park:0",
          "java.util.concurrent.locks.ReentrantLock.lock:323",
          "demo.risk.RiskDesk.lock:146",
          "demo.risk.RiskDesk.approve:47");
  private static final List<Path> FILES = List.of(Path.of("run 1.jfr"));

  private static SyscallFixture locked(IMCStackTrace stack) {
    return new SyscallFixture("")
        .time(STRATEGY, 30 * MS, 9_000 * MS)
        .java("jdk.ThreadPark", STRATEGY, 0, 10 * MS, "parkedClass", LOCK, stack)
        .woken(STRATEGY, MS, 8 * MS, RISK)
        .java("jdk.ThreadPark", STRATEGY, 20 * MS, 10 * MS, "parkedClass", LOCK, stack)
        .woken(STRATEGY, 21 * MS, 6 * MS, RIVAL);
  }

  @Test
  void whoeverHeldALockTakenAtOnePlaceIsOneCause() {
    List<TopCause> causes = locked(STACK).report().topCauses();
    assertEquals(1, causes.size(), causes::toString);
    assertEquals(
        "strategy waited for a lock (ReentrantLock) that risk, rival held", causes.get(0).title());
    assertEquals(14 * MS, causes.get(0).lostNs());
    assertEquals("demo.risk.RiskDesk.lock:146", causes.get(0).worst().stack().get(2));
    String sentence = causes.get(0).remedies().get(0).sentence();
    assertTrue(sentence.startsWith("The lock is taken at demo.risk.RiskDesk.lock:146. "), sentence);
  }

  /** While a thread parks, the JVM may want a mutex of its own that somebody else has. */
  @Test
  void aMutexOfTheJvmAtTheSamePlaceIsAnotherCause() {
    ThreadId feed = new ThreadId(4724, "feed", 35);
    List<TopCause> causes =
        new SyscallFixture("")
            .time(STRATEGY, 30 * MS, 9_000 * MS)
            .java("jdk.ThreadPark", STRATEGY, 0, 20 * MS, "parkedClass", LOCK, STACK)
            .woken(STRATEGY, MS, 8 * MS, RISK)
            .mutex(STRATEGY, 10 * MS, 2 * MS, feed)
            .report()
            .topCauses();
    assertEquals(
        List.of(
            "strategy waited for a lock (ReentrantLock) that risk held",
            "strategy waited for a native mutex that feed held"),
        causes.stream().map(TopCause::title).toList());
  }

  @Test
  void withoutAPlaceTheHoldersAreApart() {
    assertEquals(2, locked(null).report().topCauses().size());
    IMCStackTrace ofJdk = CodeStacks.of("java.lang.Object.wait:1", "jdk.internal.A.b:2");
    assertEquals(2, locked(ofJdk).report().topCauses().size());
  }

  @Test
  void aFileThatIsKeptShowsWhere() {
    Report report = locked(STACK).report();
    TopCause cause = report.topCauses().get(0);
    assertEquals(Optional.empty(), FirstWords.command(cause));
    assertEquals(Optional.of("jcmd 4711 Thread.print -l"), new FirstWords(report).showing(cause));
    assertEquals(
        Optional.of(
            "jfr print --stack-depth 20 --events jdk.ThreadPark,jdk.JavaMonitorEnter 'run 1.jfr'"),
        new FirstWords(report.ofFiles(FILES)).showing(cause));
    Report unnamed = locked(null).report().ofFiles(FILES);
    assertEquals(
        Optional.of("jcmd 4711 Thread.print -l"),
        new FirstWords(unnamed).showing(unnamed.topCauses().get(0)));
  }

  @Test
  void aSleepHasItsPlace() {
    Report report =
        new SyscallFixture("")
            .time(STRATEGY, 10 * MS, 9_000 * MS)
            .java(
                "jdk.ThreadSleep",
                STRATEGY,
                0,
                3 * MS,
                null,
                null,
                CodeStacks.of("java.lang.Thread.sleep:509", "demo.Loop.idle:12"))
            .timed(STRATEGY, MS, MS, MS)
            .report()
            .ofFiles(FILES);
    TopCause cause = report.topCauses().get(0);
    assertEquals("strategy slept in Thread.sleep", cause.title());
    assertTrue(
        cause.remedies().get(0).sentence().startsWith("Remove the sleep at demo.Loop.idle:12. "));
    assertEquals(
        Optional.of("jfr print --stack-depth 20 --events jdk.ThreadSleep 'run 1.jfr'"),
        new FirstWords(report).showing(cause));
  }

  private static Fixture foreign() {
    Fixture fixture = new Fixture();
    for (int i = 0; i < 2; i++) {
      fixture.event(
          "RunQueueWait",
          STRATEGY,
          i * 10 * MS,
          (4 + i) * MS,
          4,
          "kind",
          "preempted",
          "culprit",
          i == 0 ? "C2 CompilerThre" : "GC Thread#0",
          "culpritTid",
          9_002L + i,
          "culpritPid",
          9_001L,
          "culpritPriority",
          120L,
          "culpritHeld",
          (4 + i) * MS,
          "accounted",
          (4 + i) * MS,
          "tasksBetween",
          1L,
          "priority",
          120L);
    }
    return fixture;
  }

  @Test
  void anotherProcessIsNamedAsAWhole() {
    Fixture fixture =
        foreign().add("ProcessStatus", "startTime", 1L, "processId", 9_001L, "processName", "java");
    TopCause cause = fixture.report().topCauses().get(0);
    assertEquals("java preempted strategy", cause.title());
    assertEquals("java (pid 9001)", cause.worst().culpritInWords());
    assertEquals(9 * MS, cause.cost().totalNs());
    String evidence = cause.worst().evidence();
    assertTrue(evidence.contains("its thread GC Thread#0 ran for 5.00 ms"), evidence);
  }

  /** The target is in a unit of its own. */
  @Test
  void anotherProcessIsNamedWithItsUnit() {
    String unit = "/system.slice/backup.service";
    assertTrue(
        evidence(unit, "/system.slice/engine.service").contains("is in unit backup.service"));
    assertFalse(evidence(unit, unit).contains(IS_IN));
    assertFalse(evidence("/", unit).contains(IS_IN));
    assertFalse(evidence(null, unit).contains(IS_IN));
  }

  private static final String IS_IN = "the culprit is in ";

  private static String evidence(String group, String groupOfTarget) {
    Fixture fixture =
        foreign()
            .capture("", "")
            .add(
                "ProcessStatus",
                "startTime",
                1L,
                "processId",
                9_001L,
                "processName",
                "java",
                "controlGroup",
                group)
            .add(
                "ProcessStatus",
                "startTime",
                1L,
                "processId",
                4_711L,
                "processName",
                "java",
                "controlGroup",
                groupOfTarget);
    return fixture.report().topCauses().get(0).worst().evidence();
  }

  @Test
  void withoutItsNameByItsThread() {
    TopCause cause = foreign().report().topCauses().get(0);
    assertEquals("GC Thread#0 preempted strategy", cause.title());
    assertTrue(
        cause.worst().evidence().contains("the culprit ran for 5.00 ms"), cause.worst().evidence());
  }
}
