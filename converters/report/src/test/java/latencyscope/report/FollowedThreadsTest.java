package latencyscope.report;

import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.SECOND;
import static latencyscope.report.ExplainedScenes.STRATEGY;
import static latencyscope.report.ExplainedScenes.explain;
import static latencyscope.report.ExplainedScenes.slowest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.recording.Fixture;
import latencyscope.recording.Scene;
import org.junit.jupiter.api.Test;

/** The target's threads are followed on every CPU; {@code --cpus} decides what is judged. */
class FollowedThreadsTest {
  private static Scene scene(boolean outside) {
    Scene scene = Scene.captured(10 * SECOND, "1");
    for (int i = 1; i <= 3; i++) {
      scene.kernel(
          "ContextSwitch",
          STRATEGY,
          i * 10 * MS,
          1 * MS,
          0,
          "voluntary",
          true,
          "state",
          "sleeping",
          "outside",
          outside,
          "waker",
          "risk",
          "wakerTid",
          4_721L);
    }
    return scene.jvm("test.Order", STRATEGY, 15 * MS, 10 * MS);
  }

  @Test
  void aThreadOnOtherCpusIsExplained() {
    Ledger ledger = slowest(scene(true));
    assertEquals(9 * MS, ledger.of(Cause.ON_CPU));
    assertEquals(1 * MS, ledger.of(Cause.BLOCKED));
    assertEquals(0, ledger.unexplained());
  }

  /** There, switches are not counted: those below the threshold may take what is left. */
  @Test
  void whatIsNotCountedMayHide() {
    Scene scene = scene(true);
    assertEquals(-1, explain(scene, "test.Order", 1).slowest().get(0).hidden());
    scene.count(STRATEGY, "cpu_time_ns", 9 * SECOND);
    assertEquals(
        9 * MS, Math.min(9 * MS, explain(scene, "test.Order", 1).slowest().get(0).hidden()));
  }

  private static Report report(boolean outside) throws Exception {
    Fixture fixture = new Fixture().capture("4-7", "");
    fixture.event(
        "RunQueueWait",
        STRATEGY,
        MS,
        3 * MS,
        0,
        "kind",
        "preempted",
        "culprit",
        "backup.sh",
        "culpritTid",
        812L,
        "culpritPid",
        812L,
        "culpritHeld",
        3 * MS,
        "accounted",
        3 * MS,
        "tasksBetween",
        1L,
        "outside",
        outside);
    return fixture.report();
  }

  @Test
  void onlyTheCapturesCpusAreJudged() throws Exception {
    assertEquals(1, report(false).findings().size());
    assertEquals(List.of(), report(true).findings());
    assertTrue(report(true).topCauses().isEmpty());
  }
}
