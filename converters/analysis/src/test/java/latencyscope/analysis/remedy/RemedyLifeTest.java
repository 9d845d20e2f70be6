package latencyscope.analysis.remedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Task;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** Remedies fit the tasks that they are for: whether they live, and where they may run. */
class RemedyLifeTest {
  private static final ThreadId VICTIM = new ThreadId(4720, "strategy", 0);
  private static final Task FOREIGN = new Task("stress-ng", 9001, 9001, null);
  private static final Task OWN = new Task("md-feed", 4721, 4711, null);

  private final Fixture host =
      new Fixture()
          .add(
              "Capture",
              "duration",
              1L,
              "targetPid",
              4711L,
              "targetAlive",
              true,
              "modules",
              "isolation",
              "cpus",
              "",
              "onlineCpus",
              "0-1");

  private Fixture task(long pid, long tid, String allowed, boolean ended) {
    return task(1, pid, tid, allowed, ended);
  }

  private Fixture task(long time, long pid, long tid, String allowed, boolean ended) {
    return host.add(
        "TaskStatus",
        "startTime",
        time,
        "processId",
        pid,
        "osThreadId",
        tid,
        "thread",
        "any",
        "allowedCpus",
        allowed,
        "ended",
        ended);
  }

  private Fixture process(long pid, boolean ended) {
    return host.add(
        "ProcessStatus", "startTime", 1L, "processId", pid, "processName", "any", "ended", ended);
  }

  private String against(Task culprit) {
    return Remedy.text(new TaskRemedy(host.recording(), CpuSet.EMPTY).against(culprit, VICTIM, 1));
  }

  private String againstMoving(String guarded) {
    Move move = new Move(VICTIM, 1, 1, 0, "balance", null);
    return Remedy.text(new TaskRemedy(host.recording(), CpuSet.parse(guarded)).againstMoving(move));
  }

  private String straying() {
    return Remedy.text(new TaskRemedy(host.recording(), CpuSet.of(1)).against(FOREIGN, VICTIM, 0));
  }

  @Test
  void aPinnedThreadIsNotToBePinned() {
    task(4711, 4720, "0-1", false);
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1, and pin strategy there:\n"
            + "  taskset -apc 0 9001\n  taskset -pc 1 4720",
        against(FOREIGN));
    assertEquals("Pin strategy:\n  taskset -pc 1 4720", againstMoving("1"));
    assertTrue(straying().endsWith("\n  taskset -pc 1 4720"), straying());
    task(2, 4711, 4720, "1", false);
    assertEquals("Keep stress-ng (pid 9001) off CPU 1:\n  taskset -apc 0 9001", against(FOREIGN));
    String pinned = "strategy has been pinned to CPU 1 since: pin it when it starts.";
    assertEquals(pinned, againstMoving("1"));
    assertEquals(pinned, againstMoving(""));
    assertEquals(
        "strategy ran on CPU 0, which is not one of the target's CPUs. It was later pinned to"
            + " CPU 1 since: pin"
            + " it when it starts.",
        straying());
  }

  /** The target lives. */
  @Test
  void noCommandOnAThreadThatHasEnded() {
    task(4711, 4720, "0-1", true);
    assertEquals("Keep stress-ng (pid 9001) off CPU 1:\n  taskset -apc 0 9001", against(FOREIGN));
    assertEquals("Pin strategy to CPU 1 when it starts.", againstMoving("1"));
    assertFalse(straying().contains("taskset"), straying());
    assertFalse(against(Task.QUOTA).contains("/proc/4720"), against(Task.QUOTA));
    task(4711, 4721, "0-1", false);
    assertTrue(against(OWN).endsWith(":\n  taskset -pc 0 4721"), against(OWN));
    task(2, 4711, 4721, "0-1", true);
    assertEquals(
        "Give strategy and md-feed (pid 4711, tid 4721), both threads of the target, a separate"
            + " CPU each.",
        against(OWN));
  }

  @Test
  void aCulpritThatMovedIsNotToBeMoved() {
    task(9001, 9001, "0", false);
    task(4711, 4721, "0", false);
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1. It has moved to CPU 0 since: start it there.",
        against(FOREIGN));
    assertEquals(
        "Give strategy and md-feed (pid 4711, tid 4721), both threads of the target, a separate"
            + " CPU each."
            + " md-feed has moved to CPU 0 since: start it there.",
        against(OWN));
  }

  @Test
  void whereNoCpuIsLeftACulpritStepsBack() {
    String all = host.recording().host().online().toString();
    TaskRemedy guarding = new TaskRemedy(host.recording(), CpuSet.parse(all));
    String text = Remedy.text(guarding.against(FOREIGN, VICTIM, 1));
    assertTrue(text.contains("\n  chrt --idle --all-tasks --pid 0 9001"), text);
    text = Remedy.text(guarding.against(OWN, VICTIM, 1));
    assertFalse(text.contains("chrt"), text);
    process(9001, true);
    text =
        Remedy.text(
            new TaskRemedy(host.recording(), CpuSet.parse(all)).against(FOREIGN, VICTIM, 1));
    assertFalse(text.contains("chrt"), "nobody knows what to start: " + text);
  }

  /** One thread of another process may end while others of it go on. */
  @Test
  void theCommandOnAProcessThatHasEndedIsForTheNext() {
    task(9001, 9001, "0-1", true);
    process(9001, false);
    assertTrue(against(FOREIGN).contains("taskset -apc 0 9001"), against(FOREIGN));
    host.add("ProcessStatus", "startTime", 2L, "processId", 9001L, "ended", true);
    assertEquals(
        "Keep stress-ng (pid 9001) off CPU 1. It has ended; start it elsewhere next time:\n"
            + "  taskset -c 0 stress-ng",
        against(FOREIGN));
    host.add(
        "ProcessStatus",
        "startTime",
        3L,
        "processId",
        9001L,
        "program",
        "/opt/load tests/stress-ng",
        "ended",
        true);
    assertTrue(
        against(FOREIGN).endsWith("\n  taskset -c 0 '/opt/load tests/stress-ng'"),
        against(FOREIGN));
  }

  /** Its id is another one's by now. */
  @Test
  void anIdMeansTheTaskThatHadItLast() {
    task(1, 4711, 4720, "0-1", false);
    task(2, 8000, 4720, "0-1", false);
    assertEquals("Pin strategy to CPU 1 when it starts.", againstMoving("1"));
    assertTrue(host.recording().tasks().hasEnded(VICTIM));
    assertFalse(host.recording().tasks().hasEnded(new ThreadId(4799, "unknown", 0)));
  }
}
