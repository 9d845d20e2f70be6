package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import latencyscope.Golden;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Explanation;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** How ledgers and autopsies read. */
class AutopsyReportTest {
  private static final ThreadId STRATEGY = new ThreadId(4720, "strategy", 12);
  private static final ThreadId RISK = new ThreadId(4721, "risk", 13);
  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);
  private static final ThreadId C2 = new ThreadId(4717, "C2 CompilerThread0", 0);
  private static final ThreadId WORKER = new ThreadId(4715, "GC Thread#3", 0);
  private static final Style STYLE = Style.plain(ZoneId.of("UTC"));
  private static final long MS = 1_000_000;

  /** A competitor, a lock, a late safepoint and a starved worker. */
  private static Scene day() {
    return day("competitor", 12_122);
  }

  /** The same, where another one made the safepoint late; 0 for the JVM itself. */
  private static Scene day(String lateBehind, long pid) {
    Scene scene = Scene.captured(1_000 * MS, "");
    for (ThreadId thread : new ThreadId[] {STRATEGY, RISK, VM, WORKER}) {
      blocked(scene, thread, MS, MS, "systemd", 1);
      blocked(scene, thread, 900 * MS, MS, "systemd", 1);
    }
    preempted(scene, STRATEGY, 100_001_000, 3_400_000, "competitor", 12_122);
    scene.jvm("test.TickToTrade", STRATEGY, 100 * MS, 3_412_345);
    scene.jvm("jdk.ThreadPark", STRATEGY, 200_002_000, 2_100_000, "parkedClass", "Lock");
    blocked(scene, STRATEGY, 200_010_000, 2_080_000, "risk", 4721);
    preempted(scene, RISK, 200_100_000, 1_900_000, "C2 CompilerThre", 0);
    scene.jvm("test.TickToTrade", STRATEGY, 200 * MS, 2_123_000);
    preempted(scene, STRATEGY, 299 * MS, 5_800_000, lateBehind, pid);
    scene
        .jvm("jdk.SafepointBegin", VM, 300 * MS, 5 * MS, "safepointId", 7L)
        .jvm(
            "jdk.ExecuteVMOperation",
            VM,
            305 * MS,
            4_100_000,
            "safepointId",
            7L,
            "operation",
            "G1CollectForAllocation",
            "safepoint",
            true)
        .jvm("jdk.SafepointEnd", VM, 309_100_000, 20_000, "safepointId", 7L)
        .jvm(
            "jdk.GarbageCollection",
            VM,
            305 * MS,
            4_200_000,
            "gcId",
            3L,
            "name",
            "G1New",
            "cause",
            "G1 Evacuation Pause")
        .jvm("jdk.GCPhasePause", VM, 305 * MS, 4_100_000, "name", "GC Pause", "gcId", 3L);
    blocked(scene, STRATEGY, 304_900_000, 4_250_000, "VM Thread", 4712);
    preempted(scene, WORKER, 306 * MS, 2_600_000, "competitor", 12_122);
    scene.jvm("test.TickToTrade", STRATEGY, 298_990_000, 10_200_000);
    return scene;
  }

  private static void preempted(
      Scene scene, ThreadId thread, long at, long ns, String culprit, long pid) {
    long process = pid == 0 ? 4711 : pid;
    long tid = pid == 0 ? 4717 : pid;
    scene.kernel(
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
        culprit,
        "nextTid",
        tid,
        "nextPid",
        process,
        "returnCpu",
        1L);
    scene.kernel(
        "RunQueueWait",
        thread,
        at,
        ns,
        1,
        "kind",
        "preempted",
        "culprit",
        culprit,
        "culpritTid",
        tid,
        "culpritPid",
        process,
        "culpritHeld",
        ns,
        "accounted",
        ns,
        "tasksBetween",
        1L);
  }

  private static void blocked(
      Scene scene, ThreadId thread, long at, long ns, String waker, long tid) {
    scene.kernel(
        "ContextSwitch",
        thread,
        at,
        ns,
        1,
        "state",
        "sleeping",
        "voluntary",
        true,
        "waited",
        4_000L,
        "waker",
        waker,
        "wakerTid",
        tid,
        "returnCpu",
        1L);
  }

  private static Explanation explained() throws Exception {
    return Explainer.explain(day()::read, Query.longest("TickToTrade", 3));
  }

  @Test
  void explanationAsText() throws Exception {
    Golden.check("explained.txt", ExplanationText.of(explained(), STYLE));
  }

  @Test
  void slowestAloneAsText() throws Exception {
    Golden.check("slowest.txt", ExplanationText.ofSlowest(explained(), STYLE, Integer.MAX_VALUE));
  }

  @Test
  void slowestFitsTheLinesThatItMayHave() throws Exception {
    Explanation explained = explained();
    long all = ExplanationText.ofSlowest(explained, STYLE, Integer.MAX_VALUE).lines().count();
    long least = ExplanationText.ofSlowest(explained, STYLE, 0).lines().count();
    assertTrue(least <= all - 4, "of " + all + " lines, " + least);
    for (int lines = (int) least; lines <= all; lines++) {
      String text = ExplanationText.ofSlowest(explained, STYLE, lines);
      assertTrue(text.lines().count() <= lines, text);
      // What the longest part was, and what is not shown of the rest, is always said.
      assertTrue(text.contains("behind competitor (pid 12122)"), text);
      assertTrue(text.contains(" smaller part"), text);
    }
    assertEquals(
        ExplanationText.ofSlowest(explained, STYLE, Integer.MAX_VALUE),
        ExplanationText.ofSlowest(explained, STYLE, (int) all));
  }

  @Test
  void explanationAsJsonHasTheLedgersOfTheSchema() throws Exception {
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(explained()));
    assertEquals("test.TickToTrade", json.get("event").asText());
    assertEquals(3, json.get("window_count").asInt());
    for (JsonNode window : json.get("windows")) {
      assertEquals(Set.of(), validate(window, "#/$defs/ledger"));
      long sum = window.get("unexplained_ns").asLong();
      for (JsonNode part : window.get("parts")) {
        sum += part.get("ns").asLong();
      }
      assertEquals(window.get("duration_ns").asLong(), sum);
    }
    JsonNode without = json.at("/counterfactual/0");
    assertEquals("competitor (pid 12122)", without.get("culprit").asText());
    assertEquals(4_400_000, without.get("max_without_ns").asLong());
    assertFalse(without.get("assumption").asText().isEmpty());
  }

  private static Set<?> validate(JsonNode node, String definition) throws IOException {
    String text = Files.readString(Path.of("..", "..", "docs", "report.schema.json"));
    JsonNode schema = new ObjectMapper().readTree(text);
    com.fasterxml.jackson.databind.node.ObjectNode root =
        new ObjectMapper().createObjectNode().put("$ref", definition);
    root.set("$defs", schema.get("$defs"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(root)
        .validate(node);
  }

  /** Fewer GC threads would be of no use. */
  @Test
  void aSafepointThatWasLateBehindACompilerHasARemedyAgainstThat() {
    Scene scene = day("C2 CompilerThre", 0);
    preempted(scene, C2, 10 * MS, MS, "competitor", 12_122);
    String remedy =
        scene.report().modules().stream()
            .flatMap(module -> module.findings().stream())
            .filter(finding -> finding.title().contains("safepoint"))
            .findFirst()
            .orElseThrow()
            .remedy();
    assertTrue(remedy.contains("taskset -pc 0 4717"), remedy);
  }

  /** Fails on the version before: the ids were read out of the name, and process 77 was moved. */
  @Test
  void aThreadIsNotTakenForTheProcessThatItsNameNames() {
    Scene scene = day("order router", 0);
    preempted(scene, new ThreadId(4717, "order router (pid 77)", 40), 10 * MS, MS, "sh", 12_122);
    Finding finding =
        scene.report().modules().stream()
            .flatMap(module -> module.findings().stream())
            .filter(one -> one.title().contains("safepoint"))
            .findFirst()
            .orElseThrow();
    assertEquals("order router (pid 77)", finding.culpritInWords());
    assertEquals(new Task("order router (pid 77)", 4717, 4711, null), finding.culpritTask());
    assertEquals(List.of(), finding.remedies());
  }

  private static TopCause cause(Scene scene, String title) {
    List<TopCause> causes = scene.report().topCauses();
    return causes.stream()
        .filter(cause -> cause.title().contains(title))
        .findFirst()
        .orElseThrow(() -> new AssertionError(causes.stream().map(TopCause::title).toList()));
  }

  /** What a starved worker made a pause longer by is that cause's and not the collection's. */
  @Test
  void aPauseIsNotChargedTwice() {
    Scene scene =
        day()
            .records("isolation", 0, 1_000 * MS)
            .count(STRATEGY, "cpu_time_ns", 900 * MS)
            .count(STRATEGY, "run_delay_ns", 10 * MS);
    TopCause starved = cause(scene, "GC Thread#3 was kept from running in a GC pause");
    TopCause collection = cause(scene, "Garbage collection (G1 Evacuation Pause) stopped strategy");
    assertEquals(2_600_000, starved.lostNs());
    // What the strategy was off its CPU for it, by the switch, less 4 µs in which it could run.
    assertEquals(4_246_000, starved.lostNs() + collection.lostNs());
  }

  /** The worst pause had another one. */
  @Test
  void theCulpritOfStarvedPausesIsWhoTookMostInAll() {
    Scene scene = day();
    for (int i = 0; i < 2; i++) {
      long at = (400 + 100L * i) * MS;
      scene.jvm("jdk.GCPhasePause", VM, at, 4 * MS, "name", "GC Pause", "gcId", 4L + i);
      preempted(scene, WORKER, at + MS, 2 * MS, "backup", 5_500);
    }
    TopCause starved = cause(scene, "was kept from running in a GC pause");
    assertEquals("backup (pid 5500)", starved.worst().culpritInWords());
    assertEquals(6_600_000, starved.lostNs());
  }

  @Test
  void reportHasThePausesAndFitsItsSchema() throws Exception {
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(day().report()));
    String schema = Files.readString(Path.of("..", "..", "docs", "report.schema.json"));
    assertEquals(
        Set.of(),
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(schema)
            .validate(json));
    assertEquals("strategy", json.at("/jvm/safepoints/0/arrivals/0/thread").asText());
    assertEquals("GC Thread#3", json.at("/jvm/gc_pauses/0/starved").asText());
    assertEquals(2_600_000, json.at("/jvm/gc_pauses/0/stolen_ns").asLong());
    assertEquals(5_000_000, json.at("/jvm/time_to_safepoint_max_ns").asLong());
  }

  @Test
  void reportAsTextHasAPanelForTheJvm() throws IOException {
    String text = TextReport.of(day().report(), STYLE);
    int begin = text.indexOf("│ JVM ");
    Golden.check("jvm-panel.txt", text.substring(begin, text.indexOf("╯", begin)) + "\n");
  }
}
