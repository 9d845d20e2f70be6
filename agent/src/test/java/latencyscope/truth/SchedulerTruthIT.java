package latencyscope.truth;

import static latencyscope.truth.account.SchedulerAgreement.assertEventsComplete;
import static latencyscope.truth.account.SchedulerAgreement.assertExact;
import static latencyscope.truth.account.SchedulerAgreement.assertOnItsThreadOnceKnown;
import static latencyscope.truth.account.SchedulerAgreement.assertWaitedAgrees;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.KernelAccount;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.SharedWaits;
import latencyscope.truth.account.StampComparison;
import latencyscope.truth.account.SwitchTrace;
import latencyscope.truth.account.ThreadCounts;
import latencyscope.truth.account.TracedCount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Competitors;
import latencyscope.truth.engine.CpuQuotaGroup;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.ProcFile;
import latencyscope.truth.engine.StolenTime;
import latencyscope.truth.workload.NappingEngine;
import latencyscope.truth.workload.SchedulerWorkload;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The isolation module's numbers against the scheduler's own, for loads of several kinds. */
@KernelTest
class SchedulerTruthIT {
  private static final int CPU = 1;
  private static final long MOVING_NS = 2_500_000_000L;

  @TempDir Path folder;

  private Path recording;
  private Path accounts;

  private Engine engine(String load) throws Exception {
    recording = folder.resolve("recording.jfr");
    accounts = folder.resolve("accounts.txt");
    Engine engine =
        Launch.of(SchedulerWorkload.class, load, recording.toString(), accounts.toString())
            .with("--enable-native-access=ALL-UNNAMED")
            .withAgent()
            .start(folder.resolve("stderr.txt"));
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
        // One that is preempted by whom it has just woken leaves involuntarily: how many of the
        // turns are so is the machine's mood, their sum is not.
        assertTrue(
            kernel.voluntary() + kernel.involuntary() > 10_000,
            "the load did not switch: " + kernel);
        assertExact(kernel, ours);
      }
      assertEventsComplete(players, ours);
      assertWokenByEachOther(players, ours);
    }
  }

  private static void assertWokenByEachOther(List<KernelAccount> players, OurAccount ours) {
    for (int side = 0; side < 2; side++) {
      long partner = players.get(1 - side).osThreadId();
      List<RecordedEvent> woken =
          ours.events("ContextSwitch", players.get(side).osThreadId()).stream()
              .filter(event -> event.getString("wakerContext").equals("task"))
              .toList();
      long byPartner = woken.stream().filter(e -> e.getLong("wakerTid") == partner).count();
      assertTrue(
          byPartner > 4_000 && byPartner > 0.99 * woken.size(),
          byPartner + " of " + woken.size() + " wakeups by the only one that wakes it");
    }
  }

  /** The scheduler gives a thread another CPU while the quota of its group is used up. */
  @Test
  void quotasPartOfAWaitIsKnownWhenTheThreadIsMoved() throws Exception {
    recording = folder.resolve("recording.jfr");
    long spinner;
    long elapsed;
    long ran;
    try (CpuQuotaGroup group = CpuQuotaGroup.of("latencyscope-moved", 20_000, 100_000);
        Engine engine =
            Launch.of(NappingEngine.class)
                .withAgent("modules=isolation")
                .start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      Jcmd jcmd = new Jcmd(engine.pid());
      jcmd.start("capture", "+latencyscope.RunQueueWait#threshold=1ms");
      jcmd.awaitCapturing();
      engine.say("spins moved 60000");
      engine.await("spins");
      spinner = ProcFile.thread(engine.pid(), "moved");
      group.add(spinner);
      TimeUnit.MILLISECONDS.sleep(200);
      long begun = System.nanoTime();
      long ranBefore = ThreadCounts.of(engine.pid(), "moved").ranNs();
      for (int move = 0; System.nanoTime() - begun < MOVING_NS; move++) {
        Commands.pin("" + spinner, move % 2);
        TimeUnit.MILLISECONDS.sleep(30);
      }
      ran = ThreadCounts.of(engine.pid(), "moved").ranNs() - ranBefore;
      elapsed = System.nanoTime() - begun;
      jcmd.stop("capture", recording);
    }
    OurAccount ours = OurAccount.read(recording);
    long moved = ours.events("Migration", spinner).size();
    assertTrue(moved >= 10, "moved " + moved + " times");
    List<RecordedEvent> waits = ours.events("RunQueueWait", spinner);
    waits.forEach(wait -> assertTrue(wait.getLong("throttled") >= 0, wait::toString));
    long throttled = waits.stream().mapToLong(wait -> wait.getLong("throttled")).sum();
    long waited = waits.stream().mapToLong(wait -> wait.getDuration().toNanos()).sum();
    // Waits of less than the threshold have no event.
    assertTrue(
        waited >= 0.95 * (elapsed - ran),
        waited + " ns waited, by schedstat it did not run for " + (elapsed - ran));
    // A quota of 20 %, and on a busy machine others in the time that it leaves.
    assertTrue(
        throttled <= waited && throttled >= 0.8 * waited,
        throttled + " of " + waited + " ns throttled");
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
        assertOnItsThreadOnceKnown(ours.events("ContextSwitch", kernel.osThreadId()), kernel);
      }
      assertEventsComplete(accountsOfKernel, ours);
      assertDistributionsHoldTheirTotals(ours);
    }
  }

  @Test
  void spinnerLosesItsCpuToTheCompetitorThatIsNamed() throws Exception {
    try (Engine engine = engine("competed")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      StolenTime stolen = StolenTime.of(CPU);
      Process competitor = Commands.competitor(CPU);
      long competitorPid = ExplainedLoad.shell(competitor);
      long mostStolen;
      try {
        engine.say(String.valueOf(competitorPid));
        engine.await("done");
        mostStolen = stolen.atMostNs();
      } finally {
        Commands.end(competitor);
      }
      OurAccount ours = finish(engine);
      String[] said = said("competitor").get(0);
      long competitorRanNs = Long.parseLong(said[1]);
      long sleptNs = Long.parseLong(said[2]);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      assertWaitedAgrees(kernel, ours);
      // By time, not by count: on a busy machine turns are fewer and longer.
      assertTrue(kernel.runDelayNs() > 500_000_000, "the competitor did not compete: " + kernel);

      List<RecordedEvent> waits = ours.events("RunQueueWait", kernel.osThreadId());
      assertOnItsThreadOnceKnown(waits, kernel);
      assertTrue(
          waits.stream()
              .anyMatch(w -> w.getString("thread").equals("a-spinner-with-quite-a-long-name")),
          "its name is cut");
      // The spinner was always runnable: whenever the competitor ran, it ran in the spinner's way.
      long blamed =
          waits.stream()
              .filter(wait -> wait.getLong("culpritPid") == competitorPid)
              .filter(wait -> wait.getString("kind").equals("preempted"))
              .mapToLong(wait -> wait.getDuration("culpritHeld").toNanos())
              .sum();
      // A wait is blamed on whoever ran longest in it. So what others ran, by the scheduler's
      // account of all waits, is the most that can be missing from the competitor's share.
      long othersRanNs = Math.max(0, kernel.runDelayNs() - competitorRanNs + sleptNs);
      assertTrue(
          blamed > 0.95 * competitorRanNs - othersRanNs - sleptNs
              && blamed < 1.01 * competitorRanNs + mostStolen,
          blamed
              + " ns are blamed on the competitor, which ran "
              + competitorRanNs
              + ", others "
              + othersRanNs
              + ", asleep "
              + sleptNs);
    }
  }

  @Test
  void timeOfAWaitIsSharedOutAmongTwelveCompetitors() throws Exception {
    try (Engine engine = engine("crowded")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      long mostStolen;
      try (Competitors competitors = Competitors.start(folder, CPU)) {
        StolenTime stolen = StolenTime.of(CPU);
        engine.say(competitors.accounts());
        engine.await("done");
        mostStolen = stolen.atMostNs();
      }
      OurAccount ours = finish(engine);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      List<RecordedEvent> windows = ours.eventsOf("test.Window");
      assertEquals(1, windows.size(), "the thread slept in each of the times measured");
      SharedWaits shared = SharedWaits.of(ours, kernel.osThreadId(), windows.get(0));
      assertEquals(0, shared.asleepNs());
      assertEquals(12, said("competitor").size());
      shared.assertEveryWaitAddsUp();
      List<SharedWaits.Blame> blames =
          said("competitor").stream()
              .map(words -> shared.blame(Long.parseLong(words[1]), Long.parseLong(words[2])))
              .toList();
      long ranNs = blames.stream().mapToLong(SharedWaits.Blame::ranNs).sum();
      long blamedNs = blames.stream().mapToLong(SharedWaits.Blame::blamedNs).sum();
      assertTrue(
          blamedNs <= 1.005 * ranNs + mostStolen,
          blamedNs + " of " + ranNs + ", stolen at most " + mostStolen);
      // What is charged to the wrong one leaves the sum as it is: it cannot pass for stolen time.
      long stolenNs = Math.max(0, blamedNs - ranNs);
      assertEquals(List.of(), blames.stream().filter(b -> !b.agrees(stolenNs)).toList());
      said("competitor").forEach(words -> shared.assertOneCulprit(Long.parseLong(words[1])));
    }
  }

  private List<String[]> said(String word) throws IOException {
    return Files.readAllLines(accounts).stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals(word))
        .toList();
  }

  @Test
  void kworkersAreNamedByTheirWork() throws Exception {
    int times = 100;
    try (Engine engine = engine("spinner")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      // Or else, on a busy machine, it is mostly others that a kworker takes the CPU from.
      Commands.output("renice", "-n", "-20", "-p", id);
      for (int i = 0; i < times; i++) {
        TimeUnit.MILLISECONDS.sleep(10);
        // The kernel has a kworker on each CPU run refresh_vm_stats, and waits for all of them.
        Files.readAllBytes(Path.of("/proc/sys/vm/stat_refresh"));
      }
      engine.say("enough");
      engine.await("done");
      OurAccount ours = finish(engine);
      List<RecordedEvent> kworkers =
          ours.events("RunQueueWait", Long.parseLong(id)).stream()
              .filter(event -> String.valueOf(event.getString("culprit")).startsWith("kworker/"))
              .toList();
      for (RecordedEvent event : kworkers) {
        assertTrue(event.getString("culpritWork").matches("[a-z_][a-zA-Z0-9_.]*"), event::toString);
      }
      long ofRefresh =
          kworkers.stream()
              .filter(event -> event.getString("culpritWork").equals("refresh_vm_stats"))
              .count();
      // How many depends on what else ran in the same wait: the longest is blamed.
      assertTrue(
          ofRefresh >= 5 && ofRefresh <= times,
          ofRefresh + " waits behind refresh_vm_stats, provoked " + times + " times");
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
      engine.say("enough");
      engine.await("done");
      OurAccount ours = finish(engine);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      // The first one may already have been where it was sent; of one that the kernel did not trace
      // nobody knows the cause.
      long byAffinity = ours.counter(kernel.osThreadId(), "migrations_affinity");
      long untraced = ours.counter(kernel.osThreadId(), "migrations_untraced");
      assertTrue(
          byAffinity + untraced >= moves && byAffinity <= moves + 1,
          byAffinity + " moves by affinity instead of " + moves + ", untraced " + untraced);
      long events =
          ours.events("Migration", kernel.osThreadId()).stream()
              .filter(event -> event.getString("cause").equals("affinity"))
              .count();
      assertEquals(byAffinity, events);
    }
  }

  @Test
  void sleepThatTheSchedulerTakesForAWaitIsToldApart() throws Exception {
    KernelVersion since = KernelChange.DELAYED_DEQUEUE.since();
    try (Engine engine = engine("moved-asleep")) {
      // Where a wake-up preempts, the scheduler's clock stands until the switch: its own account
      // lacks
      // that time, which on a host that is not alone on its CPUs was more than 1 % of these waits.
      Commands.makeBatch(engine.pid());
      engine.say("go");
      engine.await("done");
      OurAccount ours = finish(engine);
      KernelAccount kernel = KernelAccount.read(accounts).get(0);
      assertExact(kernel, ours);
      assertWaitedAgrees(kernel, ours);
      String[] said =
          Files.readAllLines(accounts).stream()
              .filter(line -> line.startsWith("asleep "))
              .findFirst()
              .orElseThrow()
              .split(" ");
      long asleep = ours.counter(kernel.osThreadId(), "run_delay_asleep_ns");
      long untraced = ours.counter(kernel.osThreadId(), "waits_untraced");
      long atMost = Long.parseLong(said[1]);
      // Of a wakeup that the kernel does not trace, nobody knows that the sleep was over.
      long atLeast =
          Stream.of(said)
              .skip(2)
              .mapToLong(Long::parseLong)
              .sorted()
              .limit(said.length - 2 - untraced)
              .sum();
      assertTrue(
          asleep >= 0.99 * atLeast && asleep <= atMost,
          asleep + " ns of sleep in run_delay, by the thread itself " + atLeast + " to " + atMost);
      assertWokenByTimers(ours.events("ContextSwitch", kernel.osThreadId()));
      boolean delays = KernelVersion.parse(System.getProperty("os.version")).compareTo(since) >= 0;
      assertEquals(delays, atLeast > 40_000_000, "provoked: " + atLeast);
    }
  }

  /** Threads spin on both CPUs meanwhile: each timer interrupts one, which wakes nobody. */
  private static void assertWokenByTimers(List<RecordedEvent> stays) {
    // Shorter ones are none of the sleeps: a spinner does wake the thread from a lock of the JVM's.
    List<RecordedEvent> sleeps =
        stays.stream().filter(stay -> stay.getDuration().toMillis() >= 20).toList();
    long byTimers =
        sleeps.stream()
            .filter(stay -> stay.getString("wakerContext").equals("hardirq"))
            .filter(stay -> stay.getLong("wakerTid") == 0 && stay.getString("waker") == null)
            .count();
    // Of a wakeup that is not traced, nobody knows what made it.
    assertTrue(byTimers >= 145 && byTimers <= 150, byTimers + " of 150 sleeps ended by a timer");
    Set<String> spinners = Set.of("hog", "mover");
    List<RecordedEvent> byInterrupted =
        sleeps.stream()
            .filter(sleep -> spinners.contains(String.valueOf(sleep.getString("waker"))))
            .toList();
    assertEquals(List.of(), byInterrupted);
  }

  @Test
  void aThousandShortLivesAreAllCounted() throws Exception {
    try (Engine engine = engine("churn");
        TracedCount others = TracedCount.ofSwitches()) {
      engine.say("go");
      engine.await("done");
      OurAccount ours = finish(engine);
      Map<String, Long> theirs = others.byKey();
      List<KernelAccount> lives = KernelAccount.read(accounts);
      assertEquals(1_000, lives.stream().map(KernelAccount::osThreadId).distinct().count());
      int ended = 0;
      for (KernelAccount kernel : lives) {
        long voluntary = ours.counter(kernel.osThreadId(), "voluntary_switches");
        long involuntary = ours.counter(kernel.osThreadId(), "involuntary_switches");
        // What the kernel has not traced, bpftrace has not seen either.
        long missed = ours.counter(kernel.osThreadId(), "switches_missed");
        assertTrue(missed <= 1, missed + " were not traced: " + kernel);
        assertEquals(
            theirs.get(String.valueOf(kernel.osThreadId())),
            voluntary + involuntary - missed,
            kernel::toString);
        // /proc was asked by the thread itself, which then still had to end.
        ended += voluntary > kernel.voluntary() ? 1 : 0;
        assertTrue(voluntary >= kernel.voluntary(), voluntary + " against " + kernel);
        assertTrue(involuntary >= kernel.involuntary(), involuntary + " against " + kernel);
      }
      // Not every last switch is traced, after which there is none that would tell.
      assertTrue(ended >= 990, "of 1,000 threads " + ended + " were seen ending");
    }
  }

  @Test
  void eventsBeginAndEndWhereTheThreadItselfSawThem() throws Exception {
    try (Engine engine = engine("yield")) {
      engine.say("go");
      String id = engine.await("spinning");
      Commands.pin(id, CPU);
      SwitchTrace.Stamps traced;
      Process competitor = Commands.competitor(CPU);
      try (SwitchTrace trace = SwitchTrace.of(Long.parseLong(id))) {
        engine.await("done");
        traced = trace.read();
      } finally {
        Commands.end(competitor);
      }
      OurAccount ours = finish(engine);
      StampComparison comparison =
          StampComparison.of(Files.readAllLines(accounts), traced, ours, Long.parseLong(id));
      assertTrue(comparison.count() > 500, "too few yields let the competitor in: " + comparison);
      // Between stamp and event lie the system call and our own probe: little against the stall,
      // though how many microseconds is the machine's affair.
      long little = comparison.medianStallNs() / 200;
      assertTrue(comparison.medianBeginErrorNs() <= little, comparison.toString());
      // The thread's own stamp after the stall comes when the switch is over and all interrupts
      // have been served that waited for it: how long that takes is no matter of ours. The kernel's
      // trace is taken where the event ends.
      assertTrue(comparison.medianBeginOffTraceNs() <= little, comparison.toString());
      assertTrue(comparison.medianEndOffTraceNs() <= little, comparison.toString());
      // An event outside of its stamps would be a clock that is wrong, not a thread that is slow.
      assertTrue(comparison.worstOutsideNs() <= 1_000, comparison.toString());
    }
  }

  /** Counts, total and maximum are kept apart from the distribution: all must tell the same. */
  private static void assertDistributionsHoldTheirTotals(OurAccount ours) throws Exception {
    for (RecordedEvent event : ours.events("Histogram")) {
      Histogram histogram = OurAccount.distribution(event);
      assertEquals(event.getLong("count"), histogram.getTotalCount());
      assertEquals(0, event.getLong("unbinned"));
      long total = event.getDuration("total").toNanos();
      assertEquals(total, histogram.getMean() * histogram.getTotalCount(), 0.001 * total + 1);
      assertTrue(
          histogram.valuesAreEquivalent(
              event.getDuration("max").toNanos(), histogram.getMaxValue()),
          event::toString);
    }
  }
}
