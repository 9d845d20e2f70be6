package latencyscope.analysis.top;

import static latencyscope.analysis.finding.Severity.FAIL;
import static latencyscope.analysis.finding.Severity.PASS;
import static latencyscope.analysis.finding.Severity.WARN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Culprit;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.ledger.lost.LostTime;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

class TopCauseTest {
  private static final Culprit BACKUP = Named.of("backup.sh (pid 812)");
  private static final Culprit STRESS = Named.of("stress-ng (pid 9001)");

  private long tid = 100;

  private Finding finding(Severity severity, String thread, Culprit culprit, Cost cost) {
    return new Finding(
        "isolation",
        severity,
        thread + " waited behind " + (culprit == null ? "other tasks" : culprit.describe()),
        thread == null ? null : new ThreadId(tid++, thread, 0),
        culprit,
        cost,
        "evidence",
        List.of(Remedy.of("Keep it off:", "taskset -apc 0 812")));
  }

  /** Where no thread's time is known: that of any of the application's counts. */
  private static List<TopCause> ranked(List<Finding> findings) {
    return FirstLook.of(findings, LostTime.NONE, Recording.empty()).causes();
  }

  private static Cost cost(long count, long total, long worst) {
    return new Cost(count, total, worst, 1_000 + worst);
  }

  @Test
  void oneCulpritOfSeveralThreadsIsOneCause() {
    List<TopCause> causes =
        ranked(
            List.of(
                finding(WARN, "feed", BACKUP, cost(2, 300, 200)),
                finding(WARN, "strategy", BACKUP, cost(5, 900, 150)),
                finding(WARN, "risk", STRESS, cost(1, 1_100, 1_100))));
    assertEquals(2, causes.size());
    TopCause backup = causes.get(0);
    assertEquals("strategy waited behind backup.sh (pid 812), and 1 more thread", backup.title());
    assertEquals(new Cost(7, 1_200L, 200L, 1_200L), backup.cost());
    assertEquals(
        List.of("strategy", "feed"), backup.threads().stream().map(ThreadId::name).toList());
    assertEquals("risk waited behind stress-ng (pid 9001)", causes.get(1).title());
  }

  @Test
  void timeOfTheApplicationsThreadsThenSeverity() {
    List<TopCause> causes =
        ranked(
            List.of(
                finding(WARN, "C2 CompilerThread0", BACKUP, cost(9, 90_000, 9_000)),
                finding(WARN, "strategy", STRESS, cost(1, 10, 10)),
                finding(WARN, "feed", BACKUP, cost(1, 20, 20)),
                finding(FAIL, "risk", null, cost(1, 1, 1)),
                finding(FAIL, "moved", null, Cost.times(3))));
    assertEquals(
        List.of("feed", "strategy", "risk", "moved", "C2 CompilerThread0"),
        causes.stream().map(cause -> cause.threads().get(0).name()).toList());
  }

  /** Data that is lost has no length, and no order is sent for it. */
  @Test
  void lostDataComesFirst() {
    Finding dropped =
        new Finding("network", FAIL, "dropped", null, null, Cost.times(2), null, List.of())
            .about(Kind.DROP);
    List<TopCause> causes =
        ranked(List.of(finding(FAIL, "strategy", BACKUP, cost(1, 20, 20)), dropped));
    assertEquals("dropped", causes.get(0).title());
    assertEquals(0, causes.get(0).lostNs());
    assertEquals(20, causes.get(1).lostNs());
  }

  /** Who waits for a starved GC worker is the application. */
  @Test
  void aPauseThatAWorkerMadeLongIsEverybodysTime() {
    Finding starved =
        new Finding(
                "jvm",
                WARN,
                "GC Thread#3 was kept from running in a GC pause",
                new ThreadId(8, "GC Thread#3", 0),
                BACKUP,
                cost(2, 9_000, 5_000),
                null,
                List.of())
            .about(Kind.PAUSE);
    List<TopCause> causes =
        ranked(List.of(finding(FAIL, "strategy", STRESS, cost(1, 20, 20)), starved));
    assertEquals(starved, causes.get(0).worst());
    assertEquals(9_000, causes.get(0).lostNs());
  }

  /** Packets wait side by side: their time is no thread's. */
  @Test
  void deliveriesAreNoThreadsTime() {
    Finding late =
        new Finding(
                "network",
                WARN,
                "late",
                new ThreadId(8, "feed", 0),
                null,
                cost(500, 9_000, 100),
                null,
                List.of())
            .about(Kind.DELIVERY);
    List<TopCause> causes =
        ranked(List.of(late, finding(WARN, "strategy", BACKUP, cost(1, 20, 20))));
    assertEquals(List.of(20L, 0L), causes.stream().map(TopCause::lostNs).toList());
  }

  /** A build starts one compiler after the other. */
  @Test
  void processesOfOneProgramAreOneCause() {
    ThreadId strategy = new ThreadId(7, "strategy", 0);
    List<Finding> findings = new ArrayList<>();
    for (long pid : new long[] {900, 901, 902}) {
      findings.add(
          new Finding(
                  "isolation",
                  FAIL,
                  "clang preempted strategy",
                  strategy,
                  new Task("clang", pid, pid, null),
                  cost(1, 20, 20),
                  null,
                  List.of())
              .about(Kind.CPU_WAIT));
    }
    List<TopCause> causes = ranked(findings);
    assertEquals(1, causes.size());
    assertEquals(3, causes.get(0).processes());
    assertEquals(60, causes.get(0).lostNs());
  }

  /** However long: a thread may wait for something to do. */
  @Test
  void whatWasDoneToAThreadComesBeforeItsOwnCalls() {
    Finding slept =
        new Finding(
                "syscall",
                WARN,
                "feed slept in Thread.sleep",
                new ThreadId(7, "feed", 0),
                null,
                cost(70, 300_000_000, 5_000_000),
                null,
                List.of())
            .about(Kind.SLEEP);
    List<TopCause> causes = ranked(List.of(slept, finding(WARN, "feed", BACKUP, cost(1, 20, 20))));
    assertEquals(slept, causes.get(1).worst());
  }

  @Test
  void whatIsNoCauseIsNotAmongThem() {
    assertEquals(
        List.of(),
        ranked(
            List.of(
                finding(PASS, "strategy", BACKUP, cost(1, 10, 10)),
                finding(WARN, "latencyscope-drain", BACKUP, cost(1, 10, 10)),
                Finding.note("isolation", WARN, "nohz_full is not in this kernel."))));
    assertThrows(
        IllegalArgumentException.class, () -> new TopCause(List.of(), Cost.times(1), List.of()));
  }

  @Test
  void whatWasNotMeasuredIsNotMadeUp() {
    Finding moved = finding(WARN, "feed", BACKUP, Cost.times(3));
    assertNull(ranked(List.of(moved)).get(0).cost().totalNs());
    Cost both = ranked(List.of(moved, finding(WARN, "risk", BACKUP, cost(1, 5, 5)))).get(0).cost();
    assertEquals(new Cost(4, 5L, 5L, 1_005L), both);
  }

  @Test
  void theCostliestFindingWithARemedySaysWhatToDo() {
    Finding without =
        new Finding(
            "isolation",
            WARN,
            "x",
            new ThreadId(9, "x", 0),
            BACKUP,
            cost(9, 99, 99),
            null,
            List.of());
    Finding with = finding(WARN, "risk", BACKUP, cost(1, 5, 5));
    TopCause cause = ranked(List.of(with, without)).get(0);
    assertEquals(without, cause.worst());
    assertEquals(with.remedies(), cause.remedies());
  }
}
