package latencyscope.report;

import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.blocked;
import static latencyscope.report.ExplainedScenes.explain;
import static latencyscope.report.ExplainedScenes.preempted;
import static latencyscope.report.ExplainedScenes.scene;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.jvm.LedgerMetrics;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Mounts;
import latencyscope.ledger.Part;
import latencyscope.ledger.explain.Carriers;
import latencyscope.ledger.explain.Explained;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** Virtual threads, which the kernel sees while they are mounted. */
class ExplainerVirtualThreadTest {
  private static final ThreadId VIRTUAL = new ThreadId(0, "order-17", 40);
  private static final ThreadId CARRIER = new ThreadId(4730, "ForkJoinPool-1-worker-1", 41);

  /** The carrier is known to run from 1 to 99 ms but for what is said here. */
  private static Scene virtual() {
    Scene scene = scene();
    preempted(scene, CARRIER, 0, MS);
    preempted(scene, CARRIER, 20 * MS, 2 * MS);
    blocked(scene, CARRIER, 30 * MS, 4 * MS, MS, "risk", 4721);
    preempted(scene, CARRIER, 99 * MS, MS);
    return scene.jvm("test.Order", VIRTUAL, 10 * MS, 40 * MS);
  }

  private static Scene pinned(Scene scene, long from, long ns) {
    return scene.jvm(Mounts.PINNED, VIRTUAL, from, ns, "carrierThread", Scene.value(CARRIER));
  }

  @Test
  void virtualThreadIsExplainedOnlyWhileItIsPinned() {
    Scene scene = pinned(pinned(virtual(), 28 * MS, 8 * MS), 45 * MS, 20 * MS);
    scene.jvm("jdk.ThreadPark", VIRTUAL, 29 * MS, 6 * MS, "parkedClass", "Lock");
    Explained explained = explain(scene, "test.Order", 1).slowest().get(0);
    Ledger ledger = explained.ledger();
    // The carrier was preempted in the window, too: nobody knows who was on it then.
    assertEquals(MS, ledger.of(Cause.RUNNABLE));
    assertEquals(3 * MS, ledger.of(Cause.BLOCKED));
    assertEquals(4 * MS + 5 * MS, ledger.of(Cause.ON_CPU));
    assertEquals(27 * MS, ledger.unexplained());
    Part blocked =
        ledger.parts().stream().filter(p -> p.cause() == Cause.BLOCKED).findFirst().orElseThrow();
    assertEquals("park on a Lock", blocked.within());
    assertTrue(explained.chain().get(0).waker().contains("risk"), explained::toString);
    assertEquals(new Carriers(List.of(CARRIER.name()), 13 * MS), explained.carriers());
  }

  @Test
  void virtualThreadThatWasNotPinnedIsSaidToBeUnknown() {
    Explained explained = explain(virtual(), "test.Order", 1).slowest().get(0);
    assertEquals(40 * MS, explained.ledger().unexplained());
    assertEquals(new Carriers(List.of(), 0), explained.carriers());
    Metrics json = LedgerMetrics.of(explain(virtual(), "test.Order", 1));
    assertEquals(Carriers.WHY_NOT, json.unavailable().get("windows[].carrier"));
    String text =
        ExplanationText.of(explain(virtual(), "test.Order", 1), Style.plain(ZoneOffset.UTC));
    assertTrue(text.contains("A virtual thread: its carrier is recorded"), text);
  }

  @Test
  void platformThreadHasNoCarrier() {
    Scene scene = virtual().jvm("test.Order", CARRIER, 10 * MS, 60 * MS);
    Explained explained = explain(scene, "test.Order", 1).slowest().get(0);
    assertNull(explained.carriers());
    assertEquals(0, explained.ledger().unexplained());
  }
}
