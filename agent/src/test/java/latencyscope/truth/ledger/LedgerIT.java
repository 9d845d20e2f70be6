package latencyscope.truth.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Explainer;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.fact.CaptureInterval;
import latencyscope.recording.thread.ThreadId;
import latencyscope.truth.account.Offcputime;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.CpuQuotaGroup;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.StolenTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the time of windows went, against what was provoked and what the kernel says of it. */
@KernelTest
class LedgerIT extends ExplainedLoad {

  private static final int RANDOM_WINDOWS = 10_000;

  @Test
  void competitorIsNamedInTheWindowsThatItMadeLong() throws Exception {
    Process competitor = null;
    long othersRan;
    try (Engine engine = engine(load("spinner"))) {
      engine.say("go");
      ahead(engine.await("spinning"));
      competitor = Commands.competitor(CPU, "chrt", "-r", "1");
      engine.say("" + shell(competitor));
      String[] said = engine.await("competitor").split(" ");
      // What the thread waited beyond the time that the competitor ran meanwhile, others ran. That
      // the competitor ran while the thread slept, which is possible, makes it more.
      long slept = Long.parseLong(said[2]);
      othersRan = Math.max(0, Long.parseLong(said[1]) - Long.parseLong(said[0]) + slept);
      finish(engine);
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(100, windows.size());
    assertExplained(windows);
    List<RecordedEvent> own = windows(OurAccount.read(recording));
    long waited = own.stream().mapToLong(event -> event.getLong("waitedNs")).sum();
    assertTrue(waited > 200_000_000, "the competitor did not compete: " + waited);
    long runnable = sum(windows, cause("runnable"));
    // The thread may also have to wait between its window and a reading of its account.
    JsonNode around = json("explain", "--event", "test.Around", "--top", "1000").get("windows");
    assertExplained(around);
    long atMost = sum(around, cause("runnable"));
    assertTrue(
        runnable <= 1.01 * waited && waited <= 1.01 * atMost,
        runnable + " to " + atMost + " ns runnable, by schedstat " + waited);
    long behind =
        sum(
            windows,
            cause("runnable").and(part -> part.get("culprit").asText("").startsWith("sh (pid ")));
    // A wait is blamed on whoever ran longest in it: one that is not blamed on the competitor,
    // which
    // ran in it too, was for at least half of it somebody else's.
    assertTrue(
        behind >= 0.99 * runnable - 2 * othersRan,
        behind + " ns of " + runnable + " are the competitor's, others ran " + othersRan);
    assertTrue(othersRan < 0.3 * waited, "others ran " + othersRan + " of " + waited);
  }

  @Test
  void quotaOfTheControlGroupIsNamedInTheWindowsThatItMadeLong() throws Exception {
    long throttled;
    try (CpuQuotaGroup group = CpuQuotaGroup.of("latencyscope-quota", 20_000, 100_000);
        Engine engine = engine(load("quota"))) {
      engine.say("go");
      group.add(Long.parseLong(engine.await("spinning")));
      engine.say("limited");
      finish(engine);
      throttled = group.throttledNs();
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(20, windows.size());
    assertExplained(windows);
    long ours = sum(windows, cause("throttled"));
    // Four of five periods' time; the group's account also has what came before the windows.
    assertTrue(
        ours <= 1.02 * throttled && ours >= 0.7 * throttled,
        ours + " ns throttled, by the group's own account " + throttled);
    long length = 0;
    for (JsonNode window : windows) {
      length += window.get("duration_ns").asLong();
    }
    // On a busy machine it waits for others in the time that the quota leaves it.
    assertTrue(ours > 0.2 * length, ours + " of " + length + " ns, of which the quota takes 80 %");
  }

  private static List<RecordedEvent> windows(OurAccount ours) {
    return ours.eventsOf("test.Window");
  }

  @Test
  void lockIsTakenOverFromItsHolder() throws Exception {
    // A collection within a window would be what it waited for longest.
    Launch uncollected =
        load("hand-off").with("-XX:+UnlockExperimentalVMOptions", "-XX:+UseEpsilonGC", "-Xmx1g");
    try (Engine engine = engine(uncollected)) {
      engine.say("go");
      finish(engine);
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(20, windows.size());
    assertExplained(windows);
    for (JsonNode window : windows) {
      // On a busy machine it may have to wait for a CPU even longer than for the lock, and be
      // blocked
      // for some microseconds by the JVM's own locks after that.
      JsonNode first = first(window, "blocked");
      assertEquals("lock-holder", first.get("culprit").asText(), window::toString);
      assertTrue(first.get("within").asText().contains("ReentrantLock"), window::toString);
      JsonNode link = window.get("chain").get(0);
      assertEquals("lock-waiter", link.get("thread").asText(), window::toString);
      assertEquals("lock-holder", link.get("woken_by").asText(), window::toString);
      // It holds the lock asleep: a timer's interrupt woke it in turn.
      assertTrue(first.get("ns").asLong() > 5_000_000, window::toString);
    }
  }

  /** The longest part of a window with that cause: parts come longest first. */
  private static JsonNode first(JsonNode window, String cause) {
    for (JsonNode part : window.get("parts")) {
      if (part.get("cause").asText().equals(cause)) {
        return part;
      }
    }
    throw new AssertionError("not " + cause + ": " + window);
  }

  @Test
  void wholeLivesAgreeWithSchedstat() throws Exception {
    Process competitor = null;
    long mostStolen;
    try (Engine engine = engine(load("mixed"))) {
      competitor = Commands.competitor(CPU);
      List<StolenTime> stolen = StolenTime.ofEach();
      engine.say("go");
      finish(engine);
      mostStolen = StolenTime.atMostNs(stolen);
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(6, windows.size());
    assertExplained(windows);
    for (RecordedEvent event : windows(OurAccount.read(recording))) {
      JsonNode window = null;
      for (JsonNode candidate : windows) {
        boolean same = candidate.get("os_tid").asLong() == event.getLong("osThreadId");
        window = same ? candidate : window;
      }
      long length = event.getDuration().toNanos();
      long ran = event.getLong("ranNs");
      long waited = event.getLong("waitedNs");
      long blocked = length - ran - waited;
      JsonNode ledger = window;
      double tolerance = 0.02 * length;
      assertRan(ran, sum(List.of(ledger), RUNNING), tolerance, mostStolen, ledger::toString);
      assertEquals(waited, sum(List.of(ledger), cause("runnable")), tolerance, ledger::toString);
      // The other way round: the rest of the window has what was stolen, and ours has not.
      long ours = sum(List.of(ledger), cause("blocked", "stopped"));
      assertRan(ours, blocked, tolerance, mostStolen, ledger::toString);
    }
  }

  /**
   * Over the whole capture, thread by thread.
   *
   * <p>The scheduler's own clock stands from the wake-up of a thread that preempts another one to
   * the switch between them, so that its account gives the new thread what was still the old one's:
   * 5 µs on the machine where this was measured, several times that on a slower one. A wait and
   * what follows it are exact only together then; where no wake-up preempts, each for itself is.
   */
  @ParameterizedTest(name = "wake-ups preempt {0}")
  @ValueSource(booleans = {true, false})
  void wholeCaptureAgreesWithSchedstatAndOffcputime(boolean preempting) throws Exception {
    Process competitor = null;
    List<String> lives;
    Map<Long, Long> offCpu;
    long mostStolen;
    try (Engine engine = engine(load("lives"));
        Offcputime tool = Offcputime.begin(engine.pid(), folder)) {
      if (!preempting) {
        Commands.makeBatch(engine.pid());
      }
      competitor = Commands.competitor(CPU);
      List<StolenTime> stolen = StolenTime.ofEach();
      engine.say("go");
      lives = engine.linesUntil("accounted").stream().filter(l -> l.startsWith("life-")).toList();
      // What they wait for their last microseconds is in no account of the scheduler's.
      Commands.end(competitor);
      mostStolen = StolenTime.atMostNs(stolen);
      engine.say("end");
      engine.await("done");
      offCpu = tool.byThread();
      assertEquals(0, engine.finish());
    } finally {
      if (competitor != null) {
        Commands.end(competitor);
      }
    }
    assertEquals(8, lives.size());
    JsonNode windows = json("explain", "--thread", "life-*", "--top", "100").get("windows");
    assertEquals(8, windows.size());
    assertAddUp(windows);
    OurAccount ours = OurAccount.read(recording);
    long allRan = 0;
    long allSchedRan = 0;
    for (String life : lives) {
      String[] words = life.split(" ");
      long id = Long.parseLong(words[1]);
      List<JsonNode> ledger = List.of(window(windows, words[0]));
      long ran = sum(ledger, RUNNING);
      long waited = sum(ledger, cause("runnable"));
      long blocked = sum(ledger, cause("blocked", "stopped"));
      // Since Linux 6.12 the scheduler's own account of waits has sleeps in it.
      long asleep = ours.counter(id, "run_delay_asleep_ns");
      long off = offCpu.get(id);
      long schedWaited = Long.parseLong(words[3]) - asleep;
      long schedRan = Long.parseLong(words[2]);
      Supplier<String> said =
          () -> "%s: ran %d, waited %d, blocked %d".formatted(life, ran, waited, blocked);
      assertRan(schedRan + schedWaited, ran + waited, tolerance(schedWaited), mostStolen, said);
      assertEquals(off, waited + blocked, tolerance(off), said);
      if (!preempting) {
        assertRan(schedRan, ran, tolerance(schedRan), mostStolen, said);
        assertEquals(schedWaited, waited, tolerance(schedWaited), said);
        // Of blocked time alone only the difference of their two accounts tells.
        assertEquals(off - schedWaited, blocked, tolerance(off), said);
      }
      allRan += ran;
      allSchedRan += schedRan;
    }
    // What the one lost another one has: most that wake up here preempt one of the eight.
    String all = allRan + " of " + allSchedRan + ", stolen at most " + mostStolen;
    assertRan(allSchedRan, allRan, 0.01 * allSchedRan, mostStolen, () -> all);
  }

  // What a hypervisor takes of it is in our account alone.
  private static void assertRan(
      long byScheduler, long ours, double tolerance, long mostStolen, Supplier<String> said) {
    assertTrue(
        ours >= byScheduler - tolerance && ours <= byScheduler + tolerance + mostStolen, said);
  }

  /** 2 %, and the milliseconds that a thread takes to be born and to end. */
  private static double tolerance(long ns) {
    return 0.02 * ns + 5_000_000;
  }

  private static JsonNode window(JsonNode windows, String thread) {
    for (JsonNode window : windows) {
      if (window.get("thread").asText().equals(thread)) {
        return window;
      }
    }
    throw new AssertionError("no " + thread);
  }

  @Test
  void coldFileIsNamedInTheWindowsThatItMadeLong() throws Exception {
    try (Engine engine = engine(load("cold").with("--enable-native-access=ALL-UNNAMED"))) {
      engine.say("go");
      finish(engine);
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(20, windows.size());
    assertExplained(windows);
    long inTheFile = 0;
    int faults = 0;
    for (JsonNode window : windows) {
      for (JsonNode part : window.get("parts")) {
        String culprit = part.get("culprit").asText("");
        if (culprit.startsWith("major fault on ") && culprit.endsWith("cold-journal")) {
          assertEquals("page_fault", part.get("cause").asText());
          inTheFile += part.get("ns").asLong();
          faults += part.get("count").asInt();
        }
      }
    }
    // Each page is a fault of its own; what is cut in two by an interrupt counts twice.
    assertTrue(faults >= 20 * 20, faults + " major faults of 400");
    // Whatever else kept it on a busy machine, the thread's own time is mostly in the file.
    long ran = sum(windows, cause("on_cpu"));
    assertTrue(inTheFile > 2 * ran, inTheFile + " ns in major faults, " + ran + " ns on CPU");
  }

  @Test
  void softirqsOfPacketsAreTakenFromTheWindowsThatTheyHit() throws Exception {
    try (Engine engine = engine(load("packets"))) {
      engine.say("go");
      finish(engine);
    }
    JsonNode windows = json("explain", "--event", "test.Window", "--top", "1000").get("windows");
    assertEquals(20, windows.size());
    assertExplained(windows);
    long softirqs = 0;
    for (JsonNode window : windows) {
      for (JsonNode part : window.get("parts")) {
        boolean packets = part.get("culprit").asText("").equals("NET_RX");
        softirqs += packets ? part.get("count").asInt() : 0;
      }
    }
    int sent = 20 * 200;
    assertTrue(
        softirqs >= 0.95 * sent && softirqs <= 1.2 * sent,
        softirqs + " stretches of NET_RX for " + sent + " packets");
  }

  @Test
  void randomWindowsOfFourWorkloadsAddUp() throws Exception {
    List<Path> recordings = new ArrayList<>(List.of(demo()));
    for (String load : List.of("hand-off", "mixed", "workers")) {
      recording = folder.resolve(load + ".jfr");
      try (Engine engine = engine(load(load))) {
        engine.say("go");
        finish(engine);
      }
      recordings.add(recording);
    }
    for (Path file : recordings) {
      // The demo watches one CPU, so that of most threads little is known.
      double explained = file.equals(recordings.get(0)) ? 0.01 : 0.1;
      assertRandomWindowsAddUp(file, RANDOM_WINDOWS / recordings.size(), explained);
    }
  }

  private Path demo() throws Exception {
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "demo",
                "--seconds",
                "4",
                "--competitor",
                "--gc")
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("demo.txt").toFile())
            .redirectErrorStream(true)
            .start();
    assertTrue(demo.waitFor(240, TimeUnit.SECONDS) && demo.exitValue() == 0, "the demo failed");
    String said = Files.readString(folder.resolve("demo.txt"));
    assertTrue(said.contains("The slowest of "), said);
    return folder.resolve("latencyscope-demo").resolve("recording.jfr");
  }

  private static void assertRandomWindowsAddUp(Path file, int count, double inFull)
      throws Exception {
    Recording read = Recording.read(file);
    List<ThreadId> threads = read.threads().stream().filter(t -> t.osTid() > 0).toList();
    CaptureInterval captured = read.intervals().get(0);
    long length = captured.end() - captured.start();
    Random random = new Random(count);
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ThreadId thread = threads.get(random.nextInt(threads.size()));
      // Of all sizes, and some that reach out of the capture.
      long start = captured.start() - length / 20 + (long) (random.nextDouble() * 1.1 * length);
      long ns = (long) Math.pow(10, 2 + 8 * random.nextDouble());
      windows.add(new Window(null, "random", thread, start, start + ns, false));
    }
    int explained = 0;
    List<Ledger> ledgers = Explainer.ledgers(new RecordingFiles(List.of(file)), windows);
    for (int i = 0; i < count; i++) {
      Ledger ledger = ledgers.get(i);
      assertEquals(windows.get(i), ledger.window());
      long sum = ledger.unexplained();
      for (Part part : ledger.parts()) {
        assertTrue(part.ns() > 0, part::toString);
        sum += part.ns();
      }
      assertEquals(ledger.window().duration(), sum, () -> ledger.window() + " " + ledger.parts());
      assertTrue(ledger.unexplained() >= 0);
      explained += ledger.unexplained() == 0 ? 1 : 0;
    }
    assertTrue(explained > inFull * count, explained + " of " + count + " are explained in full");
  }
}
