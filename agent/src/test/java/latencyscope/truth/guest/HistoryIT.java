package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.SwitchTrace;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.BusyEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump has every occurrence of the last seconds, whatever the thresholds. */
@KernelTest
class HistoryIT {
  /** Longer than any thread of the engine waits or is off its CPU. */
  private static final String[] NOTHING_KEPT = {
    "+latencyscope.ContextSwitch#enabled=true",
    "+latencyscope.ContextSwitch#threshold=100s",
    "+latencyscope.RunQueueWait#enabled=true",
    "+latencyscope.RunQueueWait#threshold=100s"
  };

  /** Of the kernel's trace, whose lines are rounded, and of the way between the two tracepoints. */
  private static final Duration CLOSE = Duration.ofNanos(5_000);

  /** The same for nearly all: the pair of both clocks that is next may be seconds away. */
  private static final Duration APART = Duration.ofMillis(1);

  private static final Duration AWAY_FROM_THE_EDGE = Duration.ofMillis(5);

  @TempDir Path folder;

  @Test
  void theLastSecondsHaveEverySwitchThatTheKernelTraced() throws Exception {
    Duration length = assertEverySwitch("history=256m");
    assertTrue(length.compareTo(Duration.ofMillis(1_900)) > 0, length::toString);
    // Two chunks may end in a dump, and the second is read some time after the first.
    assertTrue(length.compareTo(Duration.ofMillis(3_500)) < 0, length::toString);
  }

  /** From the moment on from which the recording says so, which is soon after it began. */
  @Test
  void askedForAllTheLogHasEverySwitchFromItsBegin() throws Exception {
    Duration length = assertEverySwitch("history=512m,history.last=all");
    assertTrue(length.compareTo(Duration.ofMillis(3_900)) > 0, length::toString);
  }

  /** Returns for how long every switch is in the recording. */
  private Duration assertEverySwitch(String options) throws Exception {
    Path file = folder.resolve("dump.jfr");
    SwitchTrace.Stamps traced;
    long id;
    try (Engine engine =
        Launch.of(BusyEngine.class, "20")
            .withAgent("modules=isolation," + options)
            .start(folder.resolve("stderr.txt"))) {
      id = Long.parseLong(engine.await("ready").split(",")[0]);
      Jcmd jcmd = new Jcmd(engine.pid());
      try (SwitchTrace trace = SwitchTrace.of(id, 64)) {
        jcmd.start("capture", NOTHING_KEPT);
        jcmd.awaitCapturing();
        TimeUnit.SECONDS.sleep(4);
        jcmd.dump("capture", file);
        traced = trace.read();
      }
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));

    OurAccount ours = OurAccount.read(file);
    Full full = Full.of(ours);
    List<Instant> out = traced.out().stream().map(ours::instant).filter(full::holds).toList();
    List<RecordedEvent> events =
        ours.events("ContextSwitch", id).stream()
            .filter(event -> full.holds(event.getStartTime()))
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .toList();
    assertTrue(out.size() > 500, "too few switches: " + out.size());
    assertEquals(out.size(), events.size(), "events, against what the kernel traced");
    assertEquals(0, ours.events("Exemplar").stream().filter(full::holds).count());
    List<Duration> differences = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      differences.add(Duration.between(out.get(i), events.get(i).getStartTime()).abs());
    }
    differences.sort(Comparator.naturalOrder());
    Duration median = differences.get(differences.size() / 2);
    assertTrue(median.compareTo(CLOSE) <= 0, "begin apart, median " + median);
    // Not the worst: between the two callbacks of one tracepoint an interrupt or a hypervisor may
    // take the CPU for milliseconds.
    Duration most = differences.get(differences.size() * 99 / 100);
    assertTrue(most.compareTo(APART) <= 0, "begin apart, 99 % within " + most);
    return full.length();
  }

  /** When every occurrence is in a recording, of all CPUs, less some milliseconds at its ends. */
  private record Full(Instant from, Instant until) {
    static Full of(OurAccount ours) {
      Map<Integer, List<RecordedEvent>> parts =
          ours.events("FullResolution").stream()
              .collect(Collectors.groupingBy(event -> event.getInt("cpu")));
      assertTrue(!parts.isEmpty());
      Full full = new Full(Instant.EPOCH, Instant.MAX);
      for (List<RecordedEvent> cpu : parts.values()) {
        full = full.and(ofCpu(cpu));
      }
      return full;
    }

    // A dump may end two chunks, the second of which goes on where the first has ended.
    private static Full ofCpu(List<RecordedEvent> parts) {
      List<RecordedEvent> inOrder =
          parts.stream().sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
      for (int i = 1; i < inOrder.size(); i++) {
        Instant before = inOrder.get(i - 1).getEndTime();
        assertTrue(!inOrder.get(i).getStartTime().isAfter(before.plus(CLOSE)), parts::toString);
      }
      return new Full(inOrder.getFirst().getStartTime(), inOrder.getLast().getEndTime());
    }

    private Full and(Full other) {
      return new Full(
          from.isAfter(other.from) ? from : other.from,
          until.isBefore(other.until) ? until : other.until);
    }

    Duration length() {
      return Duration.between(from, until);
    }

    boolean holds(RecordedEvent event) {
      return holds(event.getEndTime());
    }

    boolean holds(Instant instant) {
      return instant.isAfter(from.plus(AWAY_FROM_THE_EDGE))
          && instant.isBefore(until.minus(AWAY_FROM_THE_EDGE));
    }
  }
}
