package latencyscope.truth;

import static latencyscope.truth.SchedulerAgreement.assertEventsComplete;
import static latencyscope.truth.SchedulerAgreement.assertExact;
import static latencyscope.truth.SchedulerAgreement.assertOnItsThread;
import static latencyscope.truth.SchedulerAgreement.assertWaitedAgrees;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.KernelTest;
import latencyscope.truth.workload.SchedulerWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The isolation module's numbers against the scheduler's own, for loads of several kinds. */
@KernelTest
class SchedulerTruthIT {
  private static final int CPU = 1;

  @TempDir Path folder;

  private Path recording;
  private Path accounts;

  private Engine engine(String load) throws Exception {
    recording = folder.resolve("recording.jfr");
    accounts = folder.resolve("accounts.txt");
    Engine engine =
        Engine.start(
            folder.resolve("stderr.txt"),
            SchedulerWorkload.class,
            load,
            recording.toString(),
            accounts.toString());
    engine.await("ready");
    return engine;
  }

  private OurAccount finish(Engine engine) throws Exception {
    engine.say("stop");
    assertEquals(0, engine.finish());
    assertEquals("", Files.readString(folder.resolve("stderr.txt")), "the agent said something");
    return OurAccount.read(recording);
  }

  @Test
  void switchesAndMigrationsOfPingPongAreExact() throws Exception {
    try (Engine engine = engine("ping-pong")) {
      engine.say("go");
      engine.await("done");
      OurAccount ours = finish(engine);
      List<KernelAccount> players = KernelAccount.read(accounts);
      for (KernelAccount kernel : players) {
        assertTrue(kernel.voluntary() > 10_000, "the load did not switch: " + kernel);
        assertExact(kernel, ours);
      }
      assertEventsComplete(players, ours);
    }
  }

  @Test
  void fiftyThreadsOnTwoCpusAgreeWithSchedstat() throws Exception {
    try (Engine engine = engine("fifty")) {
      engine.say("go");
      engine.await("done");
      OurAccount ours = finish(engine);
      List<KernelAccount> accountsOfKernel = KernelAccount.read(accounts);
      assertEquals(50, accountsOfKernel.size());
      for (KernelAccount kernel : accountsOfKernel) {
        assertExact(kernel, ours);
        assertWaitedAgrees(kernel, ours);
        ours.events("ContextSwitch", kernel.osThreadId())
            .forEach(event -> assertOnItsThread(event, kernel.osThreadId()));
      }
      assertEventsComplete(accountsOfKernel, ours);
    }
  }

  @Test
  void spinnerLosesItsCpuToTheCompetitorThatIsNamed() throws Exception {
    try (Engine engine = engine("spinner")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      Process competitor = Commands.competitor(CPU);
      try {
        engine.await("done");
      } finally {
        Commands.end(competitor);
      }
      OurAccount ours = finish(engine);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      assertWaitedAgrees(kernel, ours);
      // By time, not by count: on a busy machine turns are fewer and longer.
      assertTrue(kernel.runDelayNs() > 500_000_000, "the competitor did not compete: " + kernel);

      List<RecordedEvent> waits = ours.events("RunQueueWait", kernel.osThreadId());
      assertEquals("a-spinner-with-quite-a-long-name-0", waits.get(0).getString("thread"));
      waits.forEach(wait -> assertOnItsThread(wait, kernel.osThreadId()));
      long total = nanos(waits.stream());
      long competitors =
          nanos(
              waits.stream()
                  .filter(wait -> "sh".equals(wait.getString("culprit")))
                  .filter(wait -> wait.getString("kind").equals("preempted")));
      assertTrue(
          competitors > 0.8 * total,
          "of " + total + " ns only " + competitors + " ns are blamed on the competitor");
    }
  }

  @Test
  void eachChangeOfAffinityIsOneMigration() throws Exception {
    int moves = 20;
    try (Engine engine = engine("spinner")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, 0);
      for (int i = 1; i <= moves; i++) {
        TimeUnit.MILLISECONDS.sleep(20);
        Commands.pin(id, i % 2);
      }
      engine.await("done");
      OurAccount ours = finish(engine);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      // The first one may already have been where it was sent.
      long byAffinity = ours.counter(kernel.osThreadId(), "migrations_affinity");
      assertTrue(
          byAffinity == moves || byAffinity == moves + 1,
          byAffinity + " moves by affinity instead of " + moves);
      long events =
          ours.events("Migration", kernel.osThreadId()).stream()
              .filter(event -> event.getString("cause").equals("affinity"))
              .count();
      assertEquals(byAffinity, events);
    }
  }

  @Test
  void aThousandShortLivesAreAllCounted() throws Exception {
    try (Engine engine = engine("churn");
        SwitchCount others = SwitchCount.begin()) {
      engine.say("go");
      engine.await("done");
      OurAccount ours = finish(engine);
      Map<Long, Long> theirs = others.byThread();
      List<KernelAccount> lives = KernelAccount.read(accounts);
      assertEquals(1_000, lives.stream().map(KernelAccount::osThreadId).distinct().count());
      for (KernelAccount kernel : lives) {
        long voluntary = ours.counter(kernel.osThreadId(), "voluntary_switches");
        long involuntary = ours.counter(kernel.osThreadId(), "involuntary_switches");
        assertEquals(theirs.get(kernel.osThreadId()), voluntary + involuntary, kernel::toString);
        // /proc was asked by the thread itself, which then still had to end.
        assertTrue(voluntary > kernel.voluntary(), voluntary + " against " + kernel);
        assertTrue(involuntary >= kernel.involuntary(), involuntary + " against " + kernel);
      }
    }
  }

  @Test
  void eventsBeginAndEndWhereTheThreadItselfSawThem() throws Exception {
    try (Engine engine = engine("yield")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      Process competitor = Commands.competitor(CPU);
      try {
        engine.await("done");
      } finally {
        Commands.end(competitor);
      }
      OurAccount ours = finish(engine);
      StampComparison comparison =
          StampComparison.of(Files.readAllLines(accounts), ours, Long.parseLong(id));
      assertTrue(comparison.count() > 500, "too few yields let the competitor in: " + comparison);
      assertTrue(comparison.medianBeginErrorNs() <= 2_000, comparison.toString());
      assertTrue(comparison.medianEndErrorNs() <= 2_000, comparison.toString());
      // An event outside of its stamps would be a clock that is wrong, not a thread that is slow.
      assertTrue(comparison.worstOutsideNs() <= 1_000, comparison.toString());
    }
  }

  private static long nanos(Stream<RecordedEvent> events) {
    return events.flatMapToLong(event -> LongStream.of(event.getDuration().toNanos())).sum();
  }
}
