package latencyscope.report;

import static latencyscope.report.ExplainedScenes.FEED;
import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.RISK;
import static latencyscope.report.ExplainedScenes.STRATEGY;
import static latencyscope.report.ExplainedScenes.blocked;
import static latencyscope.report.ExplainedScenes.explain;
import static latencyscope.report.ExplainedScenes.preempted;
import static latencyscope.report.ExplainedScenes.scene;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Part;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.WakeLink;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** Who woke a thread that had blocked. */
class ExplainerWakeTest {
  @Test
  void blockIsToldWithItsCallItsWakerAndTheChainBehindIt() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    blocked(scene, STRATEGY, 101 * MS, 50 * MS, MS, "risk", 4721);
    scene.jvm("jdk.ThreadPark", STRATEGY, 100 * MS, 52 * MS, "parkedClass", "Lock");
    // Risk could wake it only when feed had woken risk, which then waited for a CPU.
    blocked(scene, RISK, 90 * MS, 58 * MS, 8 * MS, "feed", 4722);
    // What feed did before strategy waited for anybody is another story.
    blocked(scene, FEED, 10 * MS, 20 * MS, 0, "strategy", 4720);
    scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
    Explained explained = explain(scene.shuffled(7), "test.Order", 1).slowest().get(0);
    Part part = explained.ledger().parts().get(0);
    assertEquals(Cause.BLOCKED, part.cause());
    assertEquals(49 * MS, part.ns());
    assertEquals("risk", part.culprit());
    assertEquals("park on a Lock", part.within());
    assertEquals(
        List.of(
            new WakeLink(STRATEGY, "risk", Scene.START + 150 * MS, 49 * MS, MS),
            new WakeLink(RISK, "feed", Scene.START + 140 * MS, 50 * MS, 8 * MS)),
        explained.chain());
  }

  private static Scene interrupted(Scene scene, String context, Object... more) {
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    Object[] fields = {"state", "sleeping", "wakerContext", context, "returnCpu", 1L};
    Object[] all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    scene.kernel("ContextSwitch", STRATEGY, 101 * MS, 50 * MS, 1, all);
    return scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
  }

  @Test
  void interruptThatWokeAThreadIsAFactAndTheEndOfItsChain() {
    for (String[] said : new String[][] {{"hardirq", "an interrupt"}, {"softirq", "a softirq"}}) {
      Explained explained =
          explain(interrupted(scene(), said[0]), "test.Order", 1).slowest().get(0);
      Part part = explained.ledger().parts().get(0);
      assertEquals(Cause.BLOCKED, part.cause());
      assertEquals(said[1], part.culprit());
      assertEquals(
          List.of(new WakeLink(STRATEGY, said[1], Scene.START + 151 * MS, 50 * MS, 0)),
          explained.chain());
    }
  }

  /** Fails on the version before: "risk, EU, woke strategy". */
  @Test
  void aNameWithACommaIsNoAlternative() {
    Scene scene = scene();
    preempted(scene, STRATEGY, 1 * MS, 1 * MS);
    preempted(scene, new ThreadId(4721, "risk, EU", 13), 1 * MS, 1 * MS);
    blocked(scene, STRATEGY, 101 * MS, 50 * MS, 0, "risk, EU", 4721);
    scene.jvm("test.Order", STRATEGY, 100 * MS, 60 * MS);
    String text = ExplanationText.of(explain(scene, "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(text.contains("← risk, EU woke strategy"), text);
  }

  @Test
  void strangerThatWokeAThreadIsNotTakenForAnInterrupt() {
    Scene scene =
        interrupted(scene(), "task", "waker", "feed-handler", "wakerTid", 777L, "waited", 0L);
    Part part = explain(scene, "test.Order", 1).slowest().get(0).ledger().parts().get(0);
    assertEquals("feed-handler (pid 777)", part.culprit());
  }

  @Test
  void wakeupThatWasNotTracedIsNobodys() {
    Part part =
        explain(interrupted(scene(), "unknown"), "test.Order", 1)
            .slowest()
            .get(0)
            .ledger()
            .parts()
            .get(0);
    assertEquals(Cause.BLOCKED, part.cause());
    assertEquals(null, part.culprit());
  }
}
