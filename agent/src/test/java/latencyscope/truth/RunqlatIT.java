package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.Runqlat;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.SchedulerWorkload;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The distributions of run queue waits against those of runqlat, in the same window. */
@KernelTest
class RunqlatIT {
  private static final double TOLERANCE = 0.02;

  /**
   * No event is that long and there is no log: none is written, which would cost the tool beside us
   * its accuracy.
   */
  private static final String NO_EVENTS = String.valueOf(Duration.ofHours(1).toNanos());

  @TempDir Path folder;

  /**
   * A wait begins and ends at tracepoints at which our program runs before runqlat's, which was
   * attached later: it reads the clock when ours has run. So a wait is longer to it by what our
   * program at the switch takes, and shorter by what the one at the wakeup takes. That differs from
   * wait to wait: a switch from a thread that is watched costs more than one from the idle task.
   * The waits of ping-pong are so short and so equal that a third of them lies within that of the
   * bound at 2 us. Those of fifty are spread: there the bounds are taken as they are.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ping-pong", "fifty"})
  void bucketsAgreeWithRunqlat(String load) throws Exception {
    Path recording = folder.resolve("recording.jfr");
    Path accounts = folder.resolve("accounts.txt");
    Path errors = folder.resolve("stderr.txt");
    Map<Long, long[]> theirs;
    try (Engine engine =
        Launch.of(
                SchedulerWorkload.class, load, recording.toString(), accounts.toString(), NO_EVENTS)
            .withAgent("stats=on,history=off")
            .start(errors)) {
      engine.await("ready");
      try (Runqlat runqlat = Runqlat.begin(engine.pid())) {
        engine.say("go");
        engine.await("done");
        theirs = runqlat.byThread();
      }
      engine.say("stop");
      assertEquals(0, engine.finish(), Files.readString(errors));
    }
    // The threads of the load were born and parked while both looked: no edge of a window matters.
    Set<Long> loaded =
        KernelAccount.read(accounts).stream()
            .map(KernelAccount::osThreadId)
            .collect(Collectors.toSet());
    theirs.keySet().retainAll(loaded);
    assertEquals(loaded, theirs.keySet(), "threads that runqlat has seen");
    OurAccount ours = OurAccount.read(recording);
    boolean alike = load.equals("ping-pong");
    assertAgree(
        Runqlat.sum(theirs.values()),
        waits(ours.events("Histogram"), loaded),
        alike ? meanNs(ours, "ls_sched_wakeup") : 0,
        alike ? 2 * meanNs(ours, "ls_sched_switch") : 0);
  }

  /**
   * Compares how many waits are below the bound of each bucket. A wait of ours may be shorter or
   * longer to runqlat by these times.
   */
  private static void assertAgree(long[] theirs, Histogram ours, long shorterNs, long longerNs) {
    long total = LongStream.of(theirs).sum();
    assertTrue(total > 1_000, "no load");
    assertEquals(total, ours.getTotalCount(), TOLERANCE * total, "waits");
    long below = 0;
    for (int bucket = 0; bucket < theirs.length - 1; bucket++) {
      below += theirs[bucket];
      long boundNs = 1_000L << bucket + 1;
      long fewest = below(boundNs - longerNs, ours);
      long most = below(boundNs + shorterNs, ours);
      assertTrue(
          below >= fewest - TOLERANCE * total && below <= most + TOLERANCE * total,
          "of %d waits, %d are below %d ns to runqlat; to us %d, %d below %d less, %d below %d more"
              .formatted(
                  total, below, boundNs, below(boundNs, ours), fewest, longerNs, most, shorterNs));
    }
  }

  private static long below(long boundNs, Histogram ours) {
    return ours.getCountBetweenValues(0, Math.max(0, boundNs - 1));
  }

  /**
   * How long a program of ours takes, by the kernel's own account. That is of all its runs on this
   * machine, of which others than the load's take less, and leaves out the way into it.
   */
  private static long meanNs(OurAccount ours, String probe) {
    long ns = 0;
    long runs = 0;
    for (RecordedEvent cost : ours.events("ProbeCost")) {
      if (cost.getString("probe").equals(probe)) {
        ns += cost.getDuration("time").toNanos();
        runs += cost.getLong("runs");
      }
    }
    assertTrue(runs > 0, "the kernel has not counted the runs of " + probe);
    return ns / runs;
  }

  /** Waits of some threads, both kinds together. */
  private static Histogram waits(List<RecordedEvent> histograms, Set<Long> threads)
      throws Exception {
    Histogram sum = new Histogram(3);
    for (RecordedEvent event : histograms) {
      if (threads.contains(event.getLong("osThreadId"))
          && event.getString("measure").startsWith("runqueue_")) {
        assertEquals(0, event.getLong("unbinned"));
        sum.add(OurAccount.distribution(event));
      }
    }
    return sum;
  }
}
