package latencyscope.report;

import latencyscope.ledger.Ledger;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.recording.Scene;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;

/** What happened to some threads, and how it is explained. */
final class ExplainedScenes {
  static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 12);
  static final ThreadId RISK = new ThreadId(4721, "risk", 13);
  static final ThreadId FEED = new ThreadId(4722, "feed", 14);
  static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  static final long MS = 1_000_000;
  static final long SECOND = 1_000 * MS;

  private ExplainedScenes() {}

  static Scene scene() {
    return Scene.captured(10 * SECOND, "");
  }

  static Scene preempted(Scene scene, ThreadId thread, long at, long ns) {
    return scene
        .kernel(
            "ContextSwitch",
            thread,
            at,
            ns,
            1,
            "state",
            "running",
            "waited",
            ns,
            "next",
            "sh",
            "nextTid",
            900L,
            "nextPid",
            900L,
            "returnCpu",
            1L)
        .kernel(
            "RunQueueWait",
            thread,
            at,
            ns,
            1,
            "kind",
            "preempted",
            "culprit",
            "competitor",
            "culpritTid",
            901L,
            "culpritPid",
            901L,
            "culpritHeld",
            ns,
            "tasksBetween",
            1L);
  }

  static Scene blocked(
      Scene scene, ThreadId thread, long at, long ns, long waited, String waker, long wakerTid) {
    return scene.kernel(
        "ContextSwitch",
        thread,
        at,
        ns,
        1,
        "state",
        "sleeping",
        "waited",
        waited,
        "waker",
        waker,
        "wakerTid",
        wakerTid,
        "returnCpu",
        1L);
  }

  static Explanation explain(Scene scene, String event, int top) {
    try {
      return Explainer.explain(scene::read, Query.longest(event, top));
    } catch (RecordingException | UnknownEventException e) {
      throw new AssertionError(e);
    }
  }

  static Ledger slowest(Scene scene) {
    return explain(scene, "test.Order", 1).slowest().get(0).ledger();
  }
}
