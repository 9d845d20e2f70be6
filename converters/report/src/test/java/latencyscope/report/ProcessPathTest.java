package latencyscope.report;

import static latencyscope.report.ExplainedScenes.MS;
import static latencyscope.report.ExplainedScenes.SECOND;
import static latencyscope.report.ExplainedScenes.preempted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import latencyscope.ledger.Cause;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.PathFinder;
import latencyscope.ledger.explain.ProcessPath;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** A wait that another process ends. */
class ProcessPathTest {
  private static final ThreadId CLIENT = new ThreadId(4720, "client", 12);
  private static final ThreadId SERVER = new ThreadId(5720, "server", 12);
  private static final long CLIENT_PID = 4711;
  private static final long SERVER_PID = 5711;

  // The server's recorder read the wall clock when it was ahead.
  private static final long AHEAD = 3 * MS;

  private static Scene scene(long pid, long ahead) {
    return Scene.captured(pid, 10 * SECOND, "")
        .about(
            "ClockSync",
            "ticks",
            1L,
            "recorderTime",
            Scene.START + ahead,
            "monotonic",
            77_000_000_000L,
            "uncertainty",
            80L);
  }

  /** Its thread is off its CPU from 100 to 150 ms. The server wakes it at 149 ms. */
  private static Scene client() {
    Scene scene = scene(CLIENT_PID, 0);
    preempted(scene, CLIENT, 1 * MS, 1 * MS);
    blocked(scene, CLIENT, 100 * MS, 50 * MS, "task", "server", SERVER.osTid(), SERVER_PID);
    preempted(scene, CLIENT, 200 * MS, 1 * MS);
    return scene.jvm("test.Request", CLIENT, 99 * MS, 52 * MS);
  }

  private static Scene server() {
    Scene scene = scene(SERVER_PID, AHEAD);
    preempted(scene, SERVER, AHEAD + 1 * MS, 1 * MS);
    return scene;
  }

  private static Scene blocked(
      Scene scene,
      ThreadId thread,
      long at,
      long ns,
      String context,
      String waker,
      long tid,
      long pid) {
    return scene.kernel(
        "ContextSwitch",
        thread,
        at,
        ns,
        1,
        "state",
        "sleeping",
        "waited",
        MS,
        "wakerContext",
        context,
        "waker",
        waker,
        "wakerTid",
        tid,
        "wakerPid",
        pid,
        "returnCpu",
        1L);
  }

  private static PathFinder.Recorded recorded(String name, Scene scene) {
    return new PathFinder.Recorded(name, scene::read, scene.read(event -> {}));
  }

  private static Explanation explain(Scene client, Scene... others) throws Exception {
    Explanation alone = Explainer.explain(client::read, Query.longest("test.Request", 1));
    List<PathFinder.Recorded> all = new ArrayList<>();
    all.add(recorded("client.jfr", client));
    for (Scene other : others) {
      all.add(recorded("server.jfr", other));
    }
    return new PathFinder(all).follow(alone);
  }

  private static ProcessPath path(Explanation explanation) {
    return explanation.slowest().get(0).path();
  }

  @Test
  void theServersSleepIsTheCause() throws Exception {
    Scene server = server();
    blocked(server, SERVER, AHEAD + 105 * MS, 40 * MS, "hardirq", "", 0, 0);
    preempted(server, SERVER, AHEAD + 200 * MS, MS);
    Explanation explanation = explain(client(), server);
    ProcessPath path = path(explanation);
    assertEquals(1, path.steps().size(), path::toString);
    ProcessPath.Step step = path.steps().get(0);
    assertEquals("server.jfr", step.recording());
    assertEquals("client", step.waited());
    assertEquals(160, step.clockErrorNs());
    assertEquals(49 * MS, step.did().ledger().window().duration());
    assertEquals(Scene.START + AHEAD + 100 * MS, step.did().ledger().window().start());
    assertEquals(Cause.BLOCKED, step.did().ledger().parts().get(0).cause());
    assertEquals(39 * MS, step.did().ledger().parts().get(0).ns());
    assertEquals("an interrupt ended the wait of server", path.end());
    String text = ExplanationText.of(explanation, Style.plain(ZoneOffset.UTC));
    assertTrue(
        text.contains("server.jfr: what server (tid 5720) did in the 49.0 ms until it woke client"),
        text);
    assertTrue(text.contains("The path ends here: an interrupt ended the wait of server."), text);
  }

  @Test
  void aServerThatWaitsForItsCpuIsTheEnd() throws Exception {
    Scene server = server();
    preempted(server, SERVER, AHEAD + 101 * MS, 47 * MS);
    preempted(server, SERVER, AHEAD + 200 * MS, MS);
    ProcessPath path = path(explain(client(), server));
    assertEquals(Cause.RUNNABLE, path.steps().get(0).did().ledger().parts().get(0).cause());
    assertTrue(path.end().startsWith("server waited for nobody"), path.end());
    assertTrue(path.end().contains("competitor"), path.end());
  }

  @Test
  void withoutTheOtherRecordingThePathSaysSo() throws Exception {
    ProcessPath path = path(explain(client()));
    assertEquals(List.of(), path.steps());
    assertEquals("of server (pid 5711) there is no recording among these files", path.end());
  }

  /** Two that wake each other do not make it endless. */
  @Test
  void thePathIsBounded() throws Exception {
    Scene server = server();
    blocked(server, SERVER, AHEAD + 90 * MS, 40 * MS, "task", "client", CLIENT.osTid(), CLIENT_PID);
    preempted(server, SERVER, AHEAD + 200 * MS, MS);
    ProcessPath path = path(explain(client(), server));
    assertTrue(path.steps().size() <= 4, path::toString);
  }
}
