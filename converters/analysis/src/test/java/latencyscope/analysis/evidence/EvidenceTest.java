package latencyscope.analysis.evidence;

import static latencyscope.analysis.evidence.Question.AFFINITY;
import static latencyscope.analysis.evidence.Question.CALLS;
import static latencyscope.analysis.evidence.Question.COMPLETE;
import static latencyscope.analysis.evidence.Question.DELIVERIES;
import static latencyscope.analysis.evidence.Question.DEVICES;
import static latencyscope.analysis.evidence.Question.DROPS;
import static latencyscope.analysis.evidence.Question.GC_WORKERS;
import static latencyscope.analysis.evidence.Question.LOCKS;
import static latencyscope.analysis.evidence.Question.MAJOR_FAULTS;
import static latencyscope.analysis.evidence.Question.MIGRATIONS;
import static latencyscope.analysis.evidence.Question.MINOR_FAULTS;
import static latencyscope.analysis.evidence.Question.OBSTRUCTIONS;
import static latencyscope.analysis.evidence.Question.POLLS;
import static latencyscope.analysis.evidence.Question.SAFEPOINTS;
import static latencyscope.analysis.evidence.Question.SHOOTDOWNS;
import static latencyscope.analysis.evidence.Question.SLEEPS;
import static latencyscope.analysis.evidence.Question.STOLEN;
import static latencyscope.analysis.evidence.Question.SWITCHES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Severity;
import latencyscope.jfr.Schema;
import latencyscope.recording.GoodRecording;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No verdict and no number says more than what is in the recording. */
class EvidenceTest {
  private static final long MS = 1_000_000;
  private static final Set<Question> JVM = EnumSet.of(SAFEPOINTS, GC_WORKERS);

  /** What cannot be answered without the events of a type; nothing for those that are not here. */
  private static final Map<String, Set<Question>> RESTS_ON =
      Map.ofEntries(
          Map.entry(
              "Counter",
              EnumSet.of(
                  SWITCHES,
                  MIGRATIONS,
                  MAJOR_FAULTS,
                  MINOR_FAULTS,
                  SHOOTDOWNS,
                  SLEEPS,
                  LOCKS,
                  CALLS,
                  DROPS,
                  DELIVERIES,
                  POLLS)),
          Map.entry("Histogram", EnumSet.of(STOLEN, DEVICES, MINOR_FAULTS)),
          Map.entry("RunQueueWait", EnumSet.of(OBSTRUCTIONS, SAFEPOINTS, GC_WORKERS)),
          Map.entry("PageFault", EnumSet.of(MINOR_FAULTS)),
          Map.entry("FutexWait", EnumSet.of(SLEEPS, LOCKS)),
          Map.entry("Sleep", EnumSet.of(SLEEPS)),
          Map.entry("BlockingSyscall", EnumSet.of(CALLS)),
          Map.entry("InterruptAffinity", EnumSet.of(AFFINITY)),
          Map.entry("RecordsLost", EnumSet.of(COMPLETE)),
          Map.entry("ProbeStatus", EnumSet.complementOf(EnumSet.of(AFFINITY))),
          Map.entry("Capture", EnumSet.allOf(Question.class)));

  /** CPU 1 is monitored, so that all questions are asked; but then those of the JVM are open. */
  private static GoodRecording monitored() {
    return new GoodRecording().limitedTo("1", "", "1");
  }

  private static GoodRecording everywhere() {
    return new GoodRecording();
  }

  private static Set<Question> with(Severity severity, Report report) {
    return report.modules().stream()
        .flatMap(module -> module.verdicts().stream())
        .filter(verdict -> verdict.severity() == severity)
        .map(Verdict::question)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Question.class)));
  }

  private static Set<Question> open(Report report) {
    return with(Severity.NOT_MEASURED, report);
  }

  private static String text(Question question, Report report) {
    return report.modules().stream()
        .flatMap(module -> module.verdicts().stream())
        .filter(verdict -> verdict.question() == question)
        .map(Verdict::text)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Number> numbers(Report report) {
    Map<String, Number> numbers = new TreeMap<>();
    report
        .modules()
        .forEach(module ->
            module
                .metrics()
                .numbers()
                .forEach((k, v) -> numbers.put(module.module() + "." + k, v)));
    numbers.remove("capture.records"); // is of the file
    return numbers;
  }

  /** Numbers may be withheld, and must be if they changed. */
  private static void assertNoOtherNumber(Report good, Report reduced) {
    Map<String, Number> before = numbers(good);
    numbers(reduced)
        .forEach((key, value) -> {
          if (value != null) {
            assertEquals(before.get(key), value, key);
          }
        });
  }

  private static void assertOpen(Set<Question> expected, Report report) {
    Set<Question> asked = EnumSet.copyOf(expected);
    asked.removeAll(JVM); // with the monitored CPU, they are always open
    Set<Question> open = open(report);
    open.removeAll(JVM);
    assertEquals(asked, open);
    assertTrue(report.exitCode() > 0);
  }

  @Test
  void aGoodRecordingPasses() {
    Report report = everywhere().scene().report();
    assertEquals(Set.of(), open(report));
    assertEquals(0, report.exitCode());
    assertTrue(with(Severity.PASS, report).containsAll(JVM));
    Report limited = monitored().scene().report();
    assertEquals(JVM, open(limited));
    assertEquals(EnumSet.complementOf(EnumSet.copyOf(JVM)), with(Severity.PASS, limited));
  }

  static Stream<String> types() {
    return Schema.types().stream().map(type -> type.name().substring("latencyscope.".length()));
  }

  @ParameterizedTest
  @MethodSource("types")
  void aTypeThatWasOffTakesItsVerdictsAndNumbers(String type) {
    Set<Question> rests = RESTS_ON.getOrDefault(type, Set.of());
    Report open = everywhere().off(type).scene().report();
    if (type.equals("Capture")) {
      assertEquals(Set.of(), with(Severity.PASS, open));
      return; // without it nobody knows what else was asked
    }
    assertEquals(
        rests.stream().anyMatch(JVM::contains), JVM.stream().anyMatch(open(open)::contains));
    assertNoOtherNumber(everywhere().scene().report(), open);
    if (!rests.isEmpty()) {
      assertOpen(rests, monitored().off(type).scene().report());
    }
    assertNoOtherNumber(monitored().scene().report(), monitored().off(type).scene().report());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Counter",
        "Histogram",
        "RunQueueWait",
        "PageFault",
        "FutexWait",
        "BlockingSyscall"
      })
  void aTypeThatWasFilteredOutTakesTheSame(String type) {
    assertOpen(RESTS_ON.get(type), monitored().cut(type).scene().report());
    assertNoOtherNumber(monitored().scene().report(), monitored().cut(type).scene().report());
  }

  static Stream<String> probes() {
    return everywhere().probes().stream();
  }

  @ParameterizedTest
  @MethodSource("probes")
  void aProbeThatWasMissingTakesWhatItMeasures(String probe) {
    Set<Question> rests = restsOnProbe(probe);
    for (GoodRecording recording :
        List.of(
            monitored().probe(probe, "unavailable"),
            monitored().probe(probe, "attached", "unavailable"),
            monitored().probe(probe, "refused", "attached"))) {
      Report report = recording.scene().report();
      assertEquals(rests, without(JVM, open(report)), probe);
      assertTrue(with(Severity.WARN, report).contains(COMPLETE));
      assertNoOtherNumber(monitored().scene().report(), report);
    }
  }

  private static Set<Question> without(Set<Question> some, Set<Question> all) {
    all.removeAll(some);
    return all;
  }

  private static Set<Question> restsOnProbe(String probe) {
    return switch (probe) {
      case "isolation/ls_sched_switch" -> EnumSet.of(SWITCHES, OBSTRUCTIONS, MIGRATIONS);
      case "isolation/ls_sched_wakeup",
          "isolation/ls_sched_wakeup_new",
          "isolation/ls_sched_waking" ->
          EnumSet.of(OBSTRUCTIONS);
      case "isolation/ls_sched_move_numa",
          "isolation/ls_sched_swap_numa",
          "isolation/ls_sched_migrate_task" ->
          EnumSet.of(MIGRATIONS);
      case "irq/ls_irq_handler_entry", "irq/ls_irq_handler_exit" -> EnumSet.of(STOLEN, DEVICES);
      case "irq/ls_softirq_entry", "irq/ls_softirq_exit", "irq/ls_local_timer_exit" ->
          EnumSet.of(STOLEN);
      case "memory/ls_page_faults_maj" -> EnumSet.of(MAJOR_FAULTS);
      case "memory/ls_page_fault_user",
          "memory/ls_page_fault_kernel",
          "memory/ls_page_faults_min" ->
          EnumSet.of(MINOR_FAULTS);
      case "network/ls_kfree_skb", "network/ls_open_sockets" -> EnumSet.of(DROPS);
      case "network/ls_napi_poll" -> EnumSet.of(POLLS);
      case "network/ls_netif_receive_skb",
          "network/ls_sk_data_ready",
          "network/ls_sock_recv_length" ->
          EnumSet.of(DELIVERIES);
      case "syscall/ls_sys_enter", "syscall/ls_sys_exit", "syscall/ls_sched_waking" ->
          EnumSet.of(SLEEPS, LOCKS, CALLS);
      default -> EnumSet.noneOf(Question.class); // of shootdowns, one of two is enough
    };
  }

  @Test
  void shootdownsTakeOneOfTwoProbes() {
    Report report =
        everywhere()
            .probe("memory/ls_tlb_flush", "unavailable")
            .probe("memory/ls_csd_function_entry", "unavailable")
            .scene()
            .report();
    assertTrue(open(report).contains(SHOOTDOWNS));
  }

  @Test
  void aLimitOnWhatWasNotMeasuredIsExceededAndSaysWhy() {
    Report report =
        everywhere()
            .off("Counter")
            .scene()
            .report(
                new Limit("isolation.involuntary_switches", 10),
                new Limit("isolation.violations", 0),
                new Limit("isolation.max_runqueue_ns", 10_000));
    assertEquals(
        List.of(false, false, true), report.limits().stream().map(Limit.Result::passed).toList());
    assertNull(report.limits().get(0).value());
    assertEquals(
        "Counter events were not recorded all the time (latencyscope.Counter#enabled)",
        report.limits().get(0).whyNot());
    assertEquals(2, report.exitCode());
  }

  @Test
  void aThresholdIsPartOfTheAnswer() {
    Report report = everywhere().from("RunQueueWait", 20 * MS).scene().report();
    assertEquals(
        "No woken thread waited behind another task for 20 ms or longer",
        text(OBSTRUCTIONS, report));
    assertEquals(JVM, open(report)); // which ask for 1 ms
    Report faults = everywhere().from("PageFault", MS).scene().report();
    assertEquals(EnumSet.of(MINOR_FAULTS), open(faults));
  }

  @Test
  void aTypeThatWasOffForAPartOfTheTimeIsNoEvidence() {
    Report report = monitored().offBefore("Counter").scene().report();
    assertOpen(RESTS_ON.get("Counter"), report);
  }

  @Test
  void nothingIsSaidOfNoTime() {
    Report report = everywhere().lasting(0).scene().report();
    assertEquals(Set.of(), with(Severity.PASS, report));
    assertTrue(text(SWITCHES, report).endsWith("the recording covers no captured time"));
    assertTrue(report.exitCode() > 0);
  }

  @Test
  void lostRecordsTakeTheAnswersOfTheirType() {
    Report waits = everywhere().lost("isolation", "RunQueueWait").scene().report();
    assertEquals(EnumSet.of(OBSTRUCTIONS, SAFEPOINTS, GC_WORKERS), open(waits));
    assertTrue(text(OBSTRUCTIONS, waits).endsWith("7 RunQueueWait events were lost"));
    Report uncounted = everywhere().lost("network", null).scene().report();
    assertEquals(EnumSet.of(DROPS, DELIVERIES, POLLS), open(uncounted));
    Report other = everywhere().lost("syscall", "Sleep").scene().report();
    assertEquals(EnumSet.of(SLEEPS), open(other));
  }

  @Test
  void anOlderVersionsSilenceIsNoEvidence() {
    Report whole = everywhere().ofOlderVersion().scene().report();
    // Of these the events are there, so that they were on.
    assertTrue(with(Severity.PASS, whole).containsAll(Arrays.asList(SWITCHES, OBSTRUCTIONS)));
    assertTrue(open(whole).contains(COMPLETE));
    Report without = everywhere().ofOlderVersion().off("RunQueueWait").scene().report();
    assertTrue(
        text(OBSTRUCTIONS, without)
            .endsWith(
                "LatencyScope 0.3.0 did not record which event types were enabled: without that,"
                    + " the absence of RunQueueWait events proves nothing"),
        text(OBSTRUCTIONS, without));
    assertTrue(open(everywhere().ofOlderVersion().off("Counter").scene().report()).contains(DROPS));
  }

  @Test
  void aTargetThatRanElsewhereIsNotJudged() {
    Report report = everywhere().limitedTo("1", "", "0").silent().scene().report();
    String why =
        "the target was not seen to run on CPU 1, but on CPU 0; capture without --cpus (agent:"
            + " cpus=) to include the rest";
    assertEquals("Involuntary context switches: " + why, text(SWITCHES, report));
    for (Question question :
        List.of(SWITCHES, OBSTRUCTIONS, MIGRATIONS, STOLEN, MAJOR_FAULTS, SLEEPS, LOCKS)) {
      assertTrue(open(report).contains(question), question::name);
    }
    assertEquals(1, report.exitCode());
    Report limited =
        everywhere()
            .limitedTo("1", "", "0")
            .silent()
            .scene()
            .report(new Limit("isolation.involuntary_switches", 10));
    assertEquals(why, limited.limits().get(0).whyNot());
  }

  /** A compiler or a collector runs wherever there is room. */
  @Test
  void theJvmsOwnThreadsAreNotTheEngine() {
    Scene scene = everywhere().limitedTo("1", "", "0").silent().scene();
    scene.count(new ThreadId(4717, "C2 CompilerThre", 0), "involuntary_switches", 25);
    Report report = scene.report();
    assertTrue(open(report).contains(MAJOR_FAULTS));
    assertEquals(1, report.exitCode());
    scene.count(new ThreadId(4720, "strategy", 0), "involuntary_switches", 1);
    assertTrue(!open(scene.report()).contains(MAJOR_FAULTS));
  }

  @Test
  void aTargetThatNeverLeftItsCpuIsJudged() {
    Report report = everywhere().limitedTo("1", "", "1").silent().scene().report();
    assertTrue(with(Severity.PASS, report).containsAll(List.of(SWITCHES, OBSTRUCTIONS, STOLEN)));
    assertEquals(0, report.exitCode());
    assertEquals(0L, numbers(report).get("isolation.involuntary_switches"));
  }

  @Test
  void threadsThatWereNotSeenAreNotJudged() {
    Report report = everywhere().limitedTo("", "no-such*", null).silent().scene().report();
    assertTrue(
        text(SWITCHES, report)
            .endsWith(
                "the target was not seen to run in threads no-such*; capture without the agent's"
                    + " threads= to include the rest"),
        text(SWITCHES, report));
  }

  @Test
  void pausesOutsideOfTheScopeAreNotJudged() {
    Report report = monitored().scene().report();
    String why =
        "only CPU 1 was captured; capture without --cpus (agent: cpus=) to include the rest";
    assertEquals("GC pauses with a starved worker: " + why, text(GC_WORKERS, report));
    String remarks = String.join("\n", report.modules().get(6).remarks());
    assertTrue(
        remarks.contains(
            "GC Pause (GC 3) took 4.10 ms; its workers were not recorded: " + why + "."),
        remarks);
    assertTrue(report.modules().get(6).metrics().unavailable().containsKey("gc_pauses[].starved"));
  }

  /** Who gives CPUs has said that the others are of no interest: a gate stays open. */
  @Test
  void whatTheUserLeftOutDoesNotFailAGate() {
    Report report = monitored().scene().report();
    assertEquals(JVM, open(report));
    assertEquals(2, report.notMeasured());
    assertEquals(2, report.outOfScope());
    assertEquals(0, report.exitCode());
    Report threads = everywhere().limitedTo("", "*", null).scene().report();
    assertEquals(2, threads.outOfScope());
    assertEquals(0, threads.exitCode());
    // What is missing besides is missing.
    Report off = monitored().off("RunQueueWait").scene().report();
    assertEquals(0, off.outOfScope());
    assertEquals(1, off.exitCode());
    Report elsewhere = monitored().limitedTo("1", "", "0").silent().scene().report();
    assertEquals(1, elsewhere.exitCode());
  }

  /** As with the JDK's default profile, of which safepoints begin at 10 ms. */
  @Test
  void pausesThatTheRecordingHasOnlyFromALengthOnAreNotJudged() {
    assertEquals(JVM, openWhereKept("10 ms", "2 ms"));
    assertEquals(EnumSet.of(SAFEPOINTS), openWhereKept("10 ms", "0 ns"));
    assertEquals(EnumSet.of(GC_WORKERS), openWhereKept("1 ms", null));
    assertEquals(Set.of(), openWhereKept("1 ms", "1 ms"));
    Report report = whereKept("10 ms", "0 ns").report();
    assertTrue(
        text(SAFEPOINTS, report)
            .endsWith(
                "the recording only has jdk.SafepointBegin from 10.0 ms on; set its threshold"
                    + " to 0"),
        text(SAFEPOINTS, report));
  }

  private static Scene whereKept(String safepoints, String pauses) {
    return everywhere()
        .scene()
        .keptFrom("jdk.SafepointBegin", safepoints)
        .keptFrom("jdk.GCPhasePause", pauses);
  }

  private static Set<Question> openWhereKept(String safepoints, String pauses) {
    return open(whereKept(safepoints, pauses).report());
  }

  /** Of so many, only the longest are looked into: the others may be where a worker starved. */
  @Test
  void pausesThatWereNotLookedIntoAreNotJudged() {
    assertEquals(EnumSet.of(GC_WORKERS), open(pauses(1_000, MS).report()));
    assertEquals(Set.of(), open(pauses(1_000, MS - 1).report()));
    assertEquals(Set.of(), open(pauses(999, MS).report()));
  }

  // One more is in the good recording.
  private static Scene pauses(int count, long length) {
    Scene scene = everywhere().scene();
    ThreadId vm = new ThreadId(4712, "VM Thread", 0);
    for (int i = 0; i < count; i++) {
      scene.jvm("jdk.GCPhasePause", vm, 400 * MS + 2 * i * MS, length, "name", "GC Pause");
    }
    return scene;
  }

  @Test
  void pausesOutsideOfTheCapturedTimeAreNotJudged() {
    Report report = everywhere().lasting(100 * MS).scene().report();
    assertEquals(JVM, open(report));
    assertEquals(
        "GC pauses with a starved worker: none of them is in the captured time",
        text(GC_WORKERS, report));
    String remarks = String.join("\n", report.modules().get(6).remarks());
    assertTrue(
        remarks.contains(" its workers were not recorded: it is outside of the captured time."),
        remarks);
  }

  @Test
  void nothingPassesWithoutProof() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Verdict(Severity.PASS, "all is well", null, null, null, SWITCHES, null));
  }
}
