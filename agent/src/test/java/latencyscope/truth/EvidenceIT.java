package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.fact.CapturedTime;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.DumpWorkload;
import org.junit.jupiter.api.Test;

/** That a recording claims no more than it has the events for, at its begin and at its end. */
@KernelTest
class EvidenceIT extends ExplainedLoad {
  private static final int DUMPS = 5;

  /** The scheduler brings the account of a thread that runs up to date once in a tick. */
  private static final long TICK_NS = 10_000_000;

  /** Between the recorder's clock and the one that the workload reads. */
  private static final long CLOCK_NS = 5_000_000;

  @Test
  void noDumpTakesBlockedTimeForTimeOnCpuOrTheTimeOfOneModuleForAnothers() throws Exception {
    List<String> said;
    Launch launch = Launch.of(DumpWorkload.class, recording.toString());
    try (Engine engine = launch.withAgent().start(folder.resolve("stderr.txt"))) {
      said = engine.linesUntil("done");
      assertEquals(0, engine.finish());
    }
    long starting = numbers(said, "starting").get(0)[0];
    long capturing = numbers(said, "capturing").get(0)[0];
    List<long[]> dumps = numbers(said, "dump");
    assertEquals(DUMPS, dumps.size());
    int blocked = 0;
    for (int i = 0; i < DUMPS; i++) {
      Path dump = folder.resolve("dump-" + i + ".jfr");
      blocked += assertBlockedTimeIsNotOnCpu(dump);
      Recording read = Recording.read(dump);
      assertModulesTimes(read, starting, capturing);
      // All until it was asked for, and nothing from after it was written.
      for (String module : read.captured().keySet()) {
        List<CaptureInterval> known = read.intervals(module);
        long until = known.get(known.size() - 1).end();
        assertTrue(until >= dumps.get(i)[0] - CLOCK_NS, module + " ends before the dump's begin");
        assertTrue(until <= dumps.get(i)[1] + CLOCK_NS, module + " ends after the dump's end");
      }
    }
    assertTrue(blocked >= DUMPS, "the monitor was hardly ever taken: " + blocked);
  }

  private static List<long[]> numbers(List<String> said, String word) {
    return said.stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> Stream.of(line.split(" ")).skip(1).mapToLong(Long::parseLong).toArray())
        .toList();
  }

  /** Says how many entries were blocked for most of their time by the scheduler's account. */
  private static int assertBlockedTimeIsNotOnCpu(Path dump) throws Exception {
    List<RecordedEvent> entries = new ArrayList<>(OurAccount.read(dump).eventsOf("test.Entry"));
    entries.sort(Comparator.comparing(RecordedEvent::getStartTime));
    List<Ledger> ledgers =
        Explainer.explain(new RecordingFiles(List.of(dump)), Query.longest("test.Entry", 10_000))
            .slowest()
            .stream()
            .map(Explained::ledger)
            .sorted(Comparator.comparingLong(ledger -> ledger.window().start()))
            .toList();
    assertEquals(entries.size(), ledgers.size());
    int blocked = 0;
    for (int i = 0; i < entries.size(); i++) {
      Ledger ledger = ledgers.get(i);
      long ran = entries.get(i).getLong("ranNs");
      long running =
          ledger.of(Cause.ON_CPU) + ledger.of(Cause.SYSCALL) + ledger.of(Cause.PAGE_FAULT);
      String window = ledger.window() + " ran " + ran + ": " + ledger.parts();
      assertTrue(ledger.of(Cause.ON_CPU) <= ran + TICK_NS, window);
      blocked += ledger.of(Cause.BLOCKED) > running ? 1 : 0;
    }
    return blocked;
  }

  /** Each was attached while the workload waited for that, and counts no more than its time. */
  private static void assertModulesTimes(Recording read, long starting, long capturing) {
    Map<String, CapturedTime> captured = read.captured();
    assertEquals(List.of("irq", "isolation", "memory", "network", "syscall"), sorted(captured));
    captured.forEach((module, time) -> {
      assertTrue(time.from() >= starting - CLOCK_NS, module + " " + time);
      assertTrue(time.from() <= capturing + CLOCK_NS, module + " " + time);
      long from = read.intervals(module).get(0).start();
      assertTrue(from >= time.from() && from <= capturing + CLOCK_NS, module + " " + from);
    });
    // The first to be attached counted for longest.
    long isolation = captured.get("isolation").duration();
    captured.values().forEach(time -> assertTrue(time.duration() <= isolation + CLOCK_NS));
    read.counters("isolation")
        .byMeasure()
        .getOrDefault("cpu_time_ns", Map.of())
        .forEach((thread, ran) ->
            assertTrue(ran <= isolation + TICK_NS, thread + " ran " + ran + " of " + isolation));
  }

  private static List<String> sorted(Map<String, ?> byModule) {
    return byModule.keySet().stream().sorted().toList();
  }

  @Test
  void recordingThatEndedBeforeItsModulesWereAttachedSaysSo() throws Exception {
    Launch launch = Launch.of(DumpWorkload.class, recording.toString(), "brief");
    try (Engine engine = launch.withAgent().start(folder.resolve("stderr.txt"))) {
      engine.await("done");
      assertEquals(0, engine.finish());
    }
    JsonNode report = json("report");
    List<String> titles = new ArrayList<>();
    report.get("findings").forEach(finding -> titles.add(finding.get("title").asText()));
    assertEquals(List.of("The recording ended before any module was attached"), titles);
    assertTrue(report.get("captured").isEmpty(), report::toString);
  }
}
