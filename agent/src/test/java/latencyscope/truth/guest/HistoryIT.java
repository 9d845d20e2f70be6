package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.ledger.explain.Explained;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Query;
import latencyscope.recording.RecordingFiles;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.SameSwitches;
import latencyscope.truth.account.SwitchTrace;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.BusyEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump has every occurrence of the last seconds, whatever the thresholds. */
@KernelTest
class HistoryIT {
  private static final String CALLER = "call-0";

  private static final String TRAP =
      "history=256m,threads=call-0+answer-0,trigger=runqueue>300ms,trigger.cooldown=1s,trigger.dir=";

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
    Full full = assertEverySwitch("history=256m");
    assertTrue(full.length().compareTo(Duration.ofMillis(1_900)) > 0, full::toString);
    assertTrue(full.firstPart().compareTo(Duration.ofMillis(3_500)) < 0, full::toString);
  }

  /** From the moment on from which the recording says so, which is soon after it began. */
  @Test
  void askedForAllTheLogHasEverySwitchFromItsBegin() throws Exception {
    Full full = assertEverySwitch("history=512m,history.last=all");
    assertTrue(full.length().compareTo(Duration.ofMillis(3_900)) > 0, full::toString);
  }

  /**
   * The engine has traded for a while ({@code -Dhistory.seconds=600} for longer), the log has been
   * overwritten many times, then it hurts. The file says all of the time before, of the stall also
   * where it went.
   */
  @Test
  void aTriggersFileHasEverySwitchAndExplainsTheStallInFull() throws Exception {
    SwitchTrace.Stamps traced;
    Path file;
    long id;
    try (Engine engine = engine(TRAP + folder)) {
      id = Long.parseLong(engine.await("ready").split(",")[0]);
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", NOTHING_KEPT);
      jcmd.awaitCapturing();
      TimeUnit.SECONDS.sleep(Integer.getInteger("history.seconds", 10));
      try (SwitchTrace trace = SwitchTrace.of(id, 64)) {
        TimeUnit.SECONDS.sleep(3);
        List<Path> before = files(); // on a busy host it may have hurt already
        Commands.pin(String.valueOf(id), 0); // else it is moved away from the competitor
        Process competitor = Commands.competitor(0, "chrt", "-f", "50");
        try {
          TimeUnit.MILLISECONDS.sleep(900);
        } finally {
          Commands.end(competitor);
        }
        file = awaitFileBeside(before);
        traced = trace.read();
      }
      engine.say("stop");
      assertEquals(0, engine.finish());
    }
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));

    OurAccount ours = OurAccount.read(file);
    assertEquals(1, ours.events("Trigger").size());
    Full full = assertSwitches(ours, traced, id);
    assertTrue(full.length().compareTo(Duration.ofMillis(1_900)) > 0, full::toString);
    long from = nanos(full.from().plus(AWAY_FROM_THE_EDGE));
    long to = nanos(full.until().minus(AWAY_FROM_THE_EDGE));
    Query all = new Query(null, CALLER, from, to, 1);
    Explained explained =
        Explainer.explain(new RecordingFiles(List.of(file)), all).slowest().getFirst();
    assertEquals(0, explained.hidden());
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  private Path awaitFileBeside(List<Path> known) throws Exception {
    for (int i = 0; i < 600 && files().size() == known.size(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return files().stream().filter(file -> !known.contains(file)).findFirst().orElseThrow();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".jfr")).toList();
    }
  }

  private Engine engine(String options) throws Exception {
    return Launch.of(BusyEngine.class, "20")
        .withAgent("modules=isolation," + options)
        .start(folder.resolve("stderr.txt"));
  }

  /** Returns when every switch is in the recording. */
  private Full assertEverySwitch(String options) throws Exception {
    Path file = folder.resolve("dump.jfr");
    SwitchTrace.Stamps traced;
    long id;
    try (Engine engine = engine(options)) {
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
    return assertSwitches(OurAccount.read(file), traced, id);
  }

  /** Every switch of the thread that the kernel has traced is there once, and when it was. */
  private static Full assertSwitches(OurAccount ours, SwitchTrace.Stamps traced, long id)
      throws Exception {
    Full full = Full.of(ours);
    List<Instant> out =
        traced.out().stream().map(ours::instant).filter(full::holds).sorted().toList();
    List<Instant> began =
        ours.events("ContextSwitch", id).stream()
            .map(RecordedEvent::getStartTime)
            .sorted()
            .toList();
    assertTrue(out.size() > 500, "too few switches: " + out.size());
    int first = SameSwitches.begin(out, began);
    int last = SameSwitches.end(out, began);
    int apart = SameSwitches.firstApart(out, began, first);
    assertEquals(
        out.size(),
        last - first,
        () -> "events, against what the kernel traced; apart from the " + apart + "th on");
    assertEquals(0, ours.events("Exemplar").stream().filter(full::holds).count());
    List<Duration> differences = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      differences.add(Duration.between(out.get(i), began.get(first + i)).abs());
    }
    differences.sort(Comparator.naturalOrder());
    Duration median = differences.get(differences.size() / 2);
    assertTrue(median.compareTo(CLOSE) <= 0, "begin apart, median " + median);
    // Not the worst: between the two callbacks of one tracepoint an interrupt or a hypervisor may
    // take the CPU for milliseconds.
    Duration most = differences.get(differences.size() * 99 / 100);
    assertTrue(most.compareTo(APART) <= 0, "begin apart, 99 % within " + most);
    return full;
  }

  /**
   * When every occurrence is in a recording, of all CPUs, less some milliseconds at its ends. Two
   * chunks may end in a dump; the second part is longer by the time it took to read the first.
   *
   * @param firstPart the longest first part of a CPU
   */
  private record Full(Instant from, Instant until, Duration firstPart) {
    static Full of(OurAccount ours) {
      Map<Integer, List<RecordedEvent>> parts =
          ours.events("FullResolution").stream()
              .collect(Collectors.groupingBy(event -> event.getInt("cpu")));
      assertTrue(!parts.isEmpty());
      Full full = new Full(Instant.EPOCH, Instant.MAX, Duration.ZERO);
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
      RecordedEvent first = inOrder.getFirst();
      return new Full(first.getStartTime(), inOrder.getLast().getEndTime(), first.getDuration());
    }

    private Full and(Full other) {
      return new Full(
          from.isAfter(other.from) ? from : other.from,
          until.isBefore(other.until) ? until : other.until,
          firstPart.compareTo(other.firstPart) > 0 ? firstPart : other.firstPart);
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
