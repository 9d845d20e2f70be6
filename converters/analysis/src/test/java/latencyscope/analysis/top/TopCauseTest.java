package latencyscope.analysis.top;

import static latencyscope.analysis.finding.Severity.FAIL;
import static latencyscope.analysis.finding.Severity.PASS;
import static latencyscope.analysis.finding.Severity.WARN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Culprit;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
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

  private static Cost cost(long count, long total, long worst) {
    return new Cost(count, total, worst, 1_000 + worst);
  }

  @Test
  void oneCulpritOfSeveralThreadsIsOneCause() {
    List<TopCause> causes =
        TopCause.of(
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
  void severityThenApplicationThreadsThenTime() {
    List<TopCause> causes =
        TopCause.of(
            List.of(
                finding(WARN, "C2 CompilerThread0", BACKUP, cost(9, 90_000, 9_000)),
                finding(WARN, "strategy", STRESS, cost(1, 10, 10)),
                finding(WARN, "feed", BACKUP, cost(1, 20, 20)),
                finding(FAIL, "risk", null, cost(1, 1, 1))));
    assertEquals(
        List.of("risk", "feed", "strategy", "C2 CompilerThread0"),
        causes.stream().map(cause -> cause.threads().get(0).name()).toList());
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
            List.of());
    List<TopCause> causes =
        TopCause.of(List.of(slept, finding(WARN, "feed", BACKUP, cost(1, 20, 20))));
    assertEquals(slept, causes.get(1).worst());
  }

  @Test
  void whatIsNoCauseIsNotAmongThem() {
    assertEquals(
        List.of(),
        TopCause.of(
            List.of(
                finding(PASS, "strategy", BACKUP, cost(1, 10, 10)),
                finding(WARN, "latencyscope-drain", BACKUP, cost(1, 10, 10)),
                Finding.note("isolation", WARN, "nohz_full is not in this kernel."))));
    assertThrows(IllegalArgumentException.class, () -> new TopCause(List.of(), Cost.times(1)));
  }

  @Test
  void whatWasNotMeasuredIsNotMadeUp() {
    Finding moved = finding(WARN, "feed", BACKUP, Cost.times(3));
    assertNull(TopCause.of(List.of(moved)).get(0).cost().totalNs());
    Cost both =
        TopCause.of(List.of(moved, finding(WARN, "risk", BACKUP, cost(1, 5, 5)))).get(0).cost();
    assertEquals(new Cost(4, 5L, 5L, 1_005L), both);
  }

  @Test
  void theCostliestFindingWithARemedySaysWhatToDo() {
    Finding without =
        new Finding("isolation", WARN, "x", null, BACKUP, cost(9, 99, 99), null, List.of());
    Finding with = finding(WARN, "risk", BACKUP, cost(1, 5, 5));
    TopCause cause = TopCause.of(List.of(with, without)).get(0);
    assertEquals("x", cause.title());
    assertEquals(with.remedies(), cause.remedies());
  }
}
