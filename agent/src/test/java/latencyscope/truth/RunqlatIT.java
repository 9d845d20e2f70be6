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
import latencyscope.bpf.KernelTest;
import latencyscope.truth.workload.SchedulerWorkload;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The distributions of run queue waits against those of runqlat, in the same window. */
@KernelTest
class RunqlatIT {
  private static final double TOLERANCE = 0.02;

  /** No event is that long: none is sent, which would cost the tool beside us its accuracy. */
  private static final String NO_EVENTS = String.valueOf(Duration.ofHours(1).toNanos());

  @TempDir Path folder;

  /**
   * A wait begins and ends at tracepoints at which the programs of both run one after the other, so
   * that each reads the clock when the other has run: what is measured differs by the difference of
   * their run times at the two. The waits of ping-pong are so short and so equal that they lie
   * within that of the bound at 2 us. Those of fifty are spread: there the bounds are taken as they
   * are.
   */
  @ParameterizedTest
  @CsvSource({"ping-pong, 500", "fifty, 0"})
  void bucketsAgreeWithRunqlat(String load, long slackNs) throws Exception {
    Path recording = folder.resolve("recording.jfr");
    Path accounts = folder.resolve("accounts.txt");
    Path errors = folder.resolve("stderr.txt");
    Map<Long, long[]> theirs;
    try (Engine engine =
        Engine.start(
            errors,
            SchedulerWorkload.class,
            load,
            recording.toString(),
            accounts.toString(),
            NO_EVENTS)) {
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
    assertAgree(
        Runqlat.sum(theirs.values()),
        waits(OurAccount.read(recording).events("Histogram"), loaded),
        slackNs);
  }

  /** Compares how many waits there are below each bound of a bucket. */
  private static void assertAgree(long[] theirs, Histogram ours, long slackNs) {
    long total = LongStream.of(theirs).sum();
    assertTrue(total > 1_000, "no load");
    assertEquals(total, ours.getTotalCount(), TOLERANCE * total, "waits");
    long below = 0;
    for (int bucket = 0; bucket < theirs.length - 1; bucket++) {
      below += theirs[bucket];
      long boundNs = 1_000L << bucket + 1;
      long least = ours.getCountBetweenValues(0, boundNs - 1 - slackNs);
      long most = ours.getCountBetweenValues(0, boundNs - 1 + slackNs);
      String counts =
          "of %d waits, %d are below %d ns to runqlat, %d to %d to us"
              .formatted(total, below, boundNs, least, most);
      assertTrue(below >= least - TOLERANCE * total, counts);
      assertTrue(below <= most + TOLERANCE * total, counts);
    }
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
