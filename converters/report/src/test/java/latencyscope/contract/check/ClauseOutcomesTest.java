package latencyscope.contract.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import latencyscope.analysis.Report;
import latencyscope.contract.Contract;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Environment;
import latencyscope.contract.Measure;
import latencyscope.contract.Outcome;
import latencyscope.recording.Fixture;
import latencyscope.recording.GoodRecording;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit passes, is violated, and is inconclusive where the evidence is missing. */
class ClauseOutcomesTest {
  static final LocalDate TODAY = LocalDate.of(2026, 12, 1);

  private static final ThreadId VM = new ThreadId(4712, "VM Thread", 0);

  private static final Map<Measure, List<String>> HISTOGRAMS =
      Map.of(
          Measure.DEVICE_INTERRUPTS, List.of("irq", "stolen_hard_irq"),
          Measure.SLEEPS, List.of("syscall", "sleep"),
          Measure.BLOCKING_CALLS, List.of("syscall", "blocking_call"),
          Measure.MAJOR_FAULTS, List.of("memory", "major_fault"));

  private static final Map<Measure, List<String>> COUNTS =
      Map.of(
          Measure.PREEMPTIONS, List.of("isolation", "involuntary_switches"),
          Measure.MAJOR_FAULTS, List.of("memory", "major_faults"));

  static CheckResult check(String contract, Scene scene, ThreadSettings settings) {
    Contract read;
    try {
      // Whose noise it is, NoiseTest asks.
      read = ContractFile.parse("x.yml", contract).in(Environment.DEDICATED);
    } catch (ContractException e) {
      throw new AssertionError(e);
    }
    Noise noise = new Noise();
    Report report = scene.report();
    scene.read(noise);
    return new Checker(read, report, noise, settings, TODAY).result();
  }

  private static ClauseResult one(String limits, Scene scene) {
    String contract = "version: 1\nthreads:\n- name: strategy\n  limits:\n    " + limits + "\n";
    List<ClauseResult> results = check(contract, scene, ThreadSettings.NONE).clauses();
    assertEquals(1, results.size());
    return results.get(0);
  }

  /** A good recording in which everything that can be limited happens 20 times for 2 ms. */
  private static Scene busy(GoodRecording recording) {
    Scene scene = recording.scene();
    HISTOGRAMS.values().forEach(of -> histogram(scene, of.get(0), of.get(1)));
    COUNTS
        .values()
        .forEach(of ->
            scene.about(
                "Counter",
                "startTime",
                Scene.START,
                "duration",
                1L,
                "module",
                of.get(0),
                "measure",
                of.get(1),
                "thread",
                "strategy",
                "osThreadId",
                4720L,
                "value",
                20L));
    scene.about(
        "Counter",
        "startTime",
        Scene.START,
        "duration",
        1L,
        "module",
        "network",
        "measure",
        "drops",
        "subject",
        "socket",
        "subjectId",
        9_000L,
        "subjectName",
        "SOCKET_RCVBUFF",
        "value",
        20L);
    return scene;
  }

  private static void histogram(Scene scene, String module, String measure) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(2_000_000, 20);
    scene.about(
        "Histogram",
        "startTime",
        Scene.START,
        "duration",
        1L,
        "module",
        module,
        "measure",
        measure,
        "thread",
        "strategy",
        "osThreadId",
        4720L,
        "count",
        20L,
        "total",
        40_000_000L,
        "max",
        2_000_000L,
        "unbinned",
        0L,
        "distribution",
        Fixture.encode(histogram));
  }

  /** A limit that a busy recording keeps, and one that it breaks. */
  static Stream<Arguments> bounds() {
    return Stream.of(
        Arguments.of(Measure.RUNQUEUE_WAIT, "5us", "2us"),
        Arguments.of(Measure.RUNQUEUE_WAIT, "{p99: 5us}", "{p50: 2us}"),
        Arguments.of(Measure.RUNQUEUE_WAIT, "{rate: 10/s}", "{rate: 9/s}"),
        Arguments.of(Measure.RUNQUEUE_WAIT, "{rate: 31us/s}", "{rate: 29us/s}"),
        Arguments.of(Measure.PREEMPTIONS, "20", "19"),
        Arguments.of(Measure.MIGRATIONS, "100", "99"),
        Arguments.of(Measure.MIGRATIONS, "{rate: 11/s}", "{rate: 9/s}"),
        Arguments.of(Measure.STOLEN_TIME, "3ms", "1ms"),
        Arguments.of(Measure.STOLEN_TIME, "{rate: 5ms/s}", "{rate: 3ms/s}"),
        Arguments.of(Measure.DEVICE_INTERRUPTS, "20", "0"),
        Arguments.of(Measure.MAJOR_FAULTS, "20", "0"),
        Arguments.of(Measure.MAJOR_FAULTS, "3ms", "1ms"),
        Arguments.of(Measure.MINOR_FAULTS, "{rate: 2/s}", "{rate: 1/s}"),
        Arguments.of(Measure.SLEEPS, "3ms", "0"),
        Arguments.of(Measure.BLOCKING_CALLS, "{p50: 3ms}", "{p50: 1ms}"),
        Arguments.of(Measure.LOCKS, "9ms", "7ms"),
        Arguments.of(Measure.DROPS, "20", "0"),
        Arguments.of(Measure.TIME_TO_SAFEPOINT, "60us", "40us"));
  }

  @Test
  void everyMeasureIsTested() {
    assertEquals(Measure.values().length, bounds().map(bound -> bound.get()[0]).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void passesIfKept(Measure measure, String kept, String broken) {
    ClauseResult result = one(measure.key() + ": " + kept, busy(new GoodRecording()));
    assertEquals(Outcome.PASSED, result.outcome(), result.evidence());
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void isViolatedIfBroken(Measure measure, String kept, String broken) {
    ClauseResult result = one(measure.key() + ": " + broken, busy(new GoodRecording()));
    assertEquals(Outcome.VIOLATED, result.outcome(), result.evidence());
    assertEquals(5, result.line());
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void isInconclusiveWithoutEvidence(Measure measure, String kept, String broken) {
    GoodRecording poor =
        measure == Measure.TIME_TO_SAFEPOINT
            ? new GoodRecording().silent()
            : new GoodRecording().lost(measure.module(), null);
    ClauseResult result = one(measure.key() + ": " + kept, busy(poor));
    assertEquals(Outcome.INCONCLUSIVE, result.outcome(), result.evidence());
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void isInconclusiveIfTooShort(Measure measure, String kept, String broken) {
    GoodRecording brief = new GoodRecording().lasting(900_000_000);
    Outcome outcome = one(measure.key() + ": " + kept, busy(brief)).outcome();
    // A rate is ten times as high in a tenth of the time.
    assertTrue(
        outcome == Outcome.INCONCLUSIVE || outcome == Outcome.VIOLATED && kept.contains("rate"),
        outcome.word());
  }

  @Test
  void aSumThatIsTooLargeIsViolatedWhateverWasLost() {
    Scene poor = busy(new GoodRecording().lost("memory", null));
    assertEquals(Outcome.VIOLATED, one("major_faults: 0", poor).outcome());
  }

  @Test
  void aPercentileOfAPartIsInconclusive() {
    Scene poor = busy(new GoodRecording().lost("isolation", null));
    assertEquals(Outcome.INCONCLUSIVE, one("runqueue_wait: {p50: 2us}", poor).outcome());
  }

  @Test
  void fewerSamplesThanAskedForAreInconclusive() {
    Scene scene = busy(new GoodRecording());
    String limit = "runqueue_wait: {p99: 5us, samples: ";
    assertEquals(Outcome.PASSED, one(limit + "100}", scene).outcome());
    assertEquals(Outcome.INCONCLUSIVE, one(limit + "101}", scene).outcome());
  }

  @Test
  void aThreadThatIsNotThereIsInconclusive() {
    String contract = "version: 1\nthreads:\n- {name: nobody, cpus: 0, limits: {sleeps: 0}}\n";
    CheckResult result = check(contract, busy(new GoodRecording()), ThreadSettings.NONE);
    assertEquals(2, result.count(Outcome.INCONCLUSIVE));
    assertEquals(4, result.exitCode(false));
    assertEquals(2, result.exitCode(true));
  }

  @Test
  void safepointsThatAThresholdMayHideAreInconclusive() {
    Scene scene =
        new GoodRecording()
            .silent()
            .scene()
            .jvm("jdk.SafepointBegin", VM, 1_000_000, 12_000_000, "safepointId", 1L)
            .jvm("jdk.SafepointEnd", VM, 20_000_000, 1_000, "safepointId", 1L);
    assertEquals(Outcome.PASSED, one("time_to_safepoint: 13ms", scene).outcome());
    assertEquals(Outcome.VIOLATED, one("time_to_safepoint: 11ms", scene).outcome());
    assertEquals(Outcome.INCONCLUSIVE, one("time_to_safepoint: {p50: 11ms}", scene).outcome());
    assertEquals(Outcome.INCONCLUSIVE, one("time_to_safepoint: {rate: 1/s}", scene).outcome());
  }
}
